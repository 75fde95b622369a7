// The folder whose include/node holds the running Node's own headers, so that node-gyp downloads nothing.
import { existsSync } from 'node:fs'
import path from 'node:path'

const hasHeaders = (prefix) => existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))

/** npm's `nodedir` setting wins; else <prefix>/bin/node has its headers in <prefix>/include/node; else undefined. */
export function nodeDir() {
  const prefix = path.dirname(path.dirname(process.execPath))
  return [process.env.npm_config_nodedir, prefix].find((each) => each && hasHeaders(each))
}
