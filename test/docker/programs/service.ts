/** What gss-server does, with this package, in a container of its own: `service.js SERVICE@HOST PORT`. */
import { SampleService, serviceCredential } from '../../helpers/mit-samples'

async function main(name: string, port: number): Promise<void> {
  const credential = await serviceCredential(name)
  const service = await SampleService.listen({ credential }, port, '0.0.0.0')
  console.log(`${name} listens on port ${service.port}`)
}

const [name = '', port = ''] = process.argv.slice(2)
main(name, Number(port)).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
