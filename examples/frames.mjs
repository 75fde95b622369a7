// Tokens and messages need borders, which TCP does not have: a header that ends with a length (32 bits, big endian),
// then as many bytes.

// Whoever connects can claim any length: we do not collect more than this for anybody.
const MAX_FRAME = 1024 * 1024

/** Yields `{ header, data }` for each frame that arrives, until the peer ends its side. */
export async function* frames(socket, headerSize = 4) {
  let pending = Buffer.alloc(0)
  for await (const chunk of socket) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (let end; (end = frameEnd(pending, headerSize)) <= pending.length;) {
      yield { header: pending.subarray(0, headerSize), data: pending.subarray(headerSize, end) }
      pending = pending.subarray(end)
    }
  }
  if (pending.length > 0) throw new Error('The peer ended in the middle of a frame')
}

function frameEnd(pending, headerSize) {
  if (pending.length < headerSize) return Infinity
  const length = pending.readUInt32BE(headerSize - 4)
  if (length > MAX_FRAME) throw new Error(`The peer announces a frame of ${length} bytes`)
  return headerSize + length
}

/** The next frame; an error where the peer has ended instead. */
export async function next(incoming) {
  const { value, done } = await incoming.next()
  if (done) throw new Error('The peer ended the connection')
  return value
}

/** Sends one frame; resolves, when the system has taken it, to what goes on the wire. */
export async function send(socket, data, header = Buffer.alloc(4)) {
  header.writeUInt32BE(data.length, header.length - 4)
  const frame = Buffer.concat([header, data])
  // Not 'drain': that never comes where the peer has gone meanwhile.
  await new Promise((resolve, reject) => {
    socket.write(frame, (error) => (error ? reject(gone(error)) : resolve()))
  })
  return frame
}

const gone = (cause) => new Error('The peer ended the connection', { cause })
