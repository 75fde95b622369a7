// One handshake with messages both ways; 'unset': what is preloaded can no longer be told from the environment.
import { establish } from '../../helpers/pair'

async function main(): Promise<void> {
  if (process.argv[2] === 'unset') delete process.env['LD_PRELOAD']
  const { client, server } = await establish()
  const { message } = server.unwrap(await client.wrapAsync(Buffer.from('one')))
  const answer = client.unwrap(server.wrap(Buffer.from('two')))
  console.log(`${String(message)} ${String(answer.message)}`)
}

void main()
