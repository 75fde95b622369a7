// One handshake with messages both ways.
import { establish } from '../../helpers/pair'

async function main(): Promise<void> {
  const { client, server } = await establish()
  const { message } = server.unwrap(await client.wrapAsync(Buffer.from('one')))
  const answer = client.unwrap(server.wrap(Buffer.from('two')))
  console.log(`${String(message)} ${String(answer.message)}`)
}

void main()
