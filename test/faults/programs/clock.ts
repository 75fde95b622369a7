// With this process's clock set wrong: begins a handshake, or accepts the token that it is given.
import { Acceptor, type GssError, Initiator } from 'gssapi'
import { SERVICE } from '../../helpers/pair'

async function main(): Promise<void> {
  const token = process.argv[2]
  try {
    if (token) await new Acceptor().step(Buffer.from(token, 'base64'))
    else await new Initiator({ target: SERVICE }).step()
    console.log('{}')
  } catch (error) {
    const { code, minorName, hint, token: reply } = error as GssError
    console.log(JSON.stringify({ code, minorName, hint, reply: reply?.toString('base64') }))
  }
}

void main()
