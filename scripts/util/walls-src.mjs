// The walls of src/ (CONTRIBUTING.md), read from TypeScript's own syntax tree, so that comments and strings are none.
import path from 'node:path'
import ts from 'typescript'
import { tooLong } from './walls-native.mjs'

const LOADER = 'src/native.ts' // wall 1: the only place that loads the addon
// Wall 1: who may call it. Others may import its types, which call nothing.
const MAY_CALL = /^src\/(?:base|encoding|mechanism|name|credential|message|context)\//
const LEAF_ROOM = /^src\/(?:stream|sasl|http|kerberos|testing|cli)\//
const INDEX = 'src/index'
const MAY_ASK_PLATFORM = /^src\/(?:native\.ts$|(?:cli|testing|kerberos)\/)/ // wall 2
const LONGEST = 220

const lineOf = (source, node) =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1

function visit(node, see) {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}

/** `import type`, `export type`, `import('x').T`, and imports whose every name is marked `type`. */
function isTypeOnly(node) {
  if (ts.isImportTypeNode(node)) return true
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  if (!ts.isImportDeclaration(node)) return false
  const clause = node.importClause
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  if (clause.name || !named || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

const isRequire = (node) =>
  ts.isCallExpression(node) &&
  (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === 'require'))

/** The module a node names, in any of the ways there are; undefined where it is none of them. */
function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node)) return node.argument.literal
  return isRequire(node) ? node.arguments[0] : undefined
}

function importsOf(source) {
  const imports = []
  visit(source, (node) => {
    const specifier = specifierOf(node)
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    imports.push({
      name: specifier.text,
      line: lineOf(source, node),
      typeOnly: isTypeOnly(node),
    })
  })
  return imports
}

/** A relative import as 'src/...' without its extension. */
function resolveImport(file, name) {
  if (!name.startsWith('.')) return undefined
  const target = path.posix.join(path.posix.dirname(file), name).replace(/\.(?:js|ts)$/, '')
  return target === 'src' || target === 'src/' ? INDEX : target
}

function loaderWall(file, { name }) {
  if (file === LOADER) return undefined
  if (name !== 'node-gyp-build' && !name.endsWith('.node')) return undefined
  return `${name}: only ${LOADER} loads the addon`
}

function callerWall(file, { name, typeOnly }) {
  if (typeOnly || MAY_CALL.test(file) || LEAF_ROOM.test(file)) return undefined
  if (resolveImport(file, name) !== 'src/native') return undefined
  return 'calls the addon: only the rooms from base up to context do (types may be imported by `import type`)'
}

function leafWall(file, { name }) {
  const room = LEAF_ROOM.exec(file)?.[0]
  if (!room) return undefined
  if (name.startsWith('gssapi/')) return `${name}: a leaf room imports the public index only`
  const target = resolveImport(file, name)
  if (target === undefined || target === INDEX || target.startsWith(room)) return undefined
  return `${name}: a leaf room imports the public index only`
}

function importViolations(file, source) {
  return importsOf(source).flatMap((each) =>
    [loaderWall, callerWall, leafWall]
      .map((wall) => wall(file, each))
      .filter(Boolean)
      .map((why) => ({ file, line: each.line, wall: 'wall 1', why })),
  )
}

/** process, globalThis.process */
const isProcess = (node) =>
  (ts.isIdentifier(node) && node.text === 'process') ||
  (ts.isPropertyAccessExpression(node) && node.name.text === 'process')

const isPlatformModule = (node) => /^(?:node:)?(?:process|os)$/.test(node?.text ?? '')
const namesPlatform = (element) => (element.propertyName ?? element.name).getText() === 'platform'

/** process.platform, process['platform'], const { platform } = process, os.platform(), import { platform } from 'os' */
function asksPlatform(node) {
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'platform') {
    return isProcess(node.expression) || node.expression.getText() === 'os'
  }
  if (ts.isElementAccessExpression(node)) {
    return isProcess(node.expression) && node.argumentExpression.text === 'platform'
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    return Boolean(
      node.initializer && isProcess(node.initializer) && node.name.elements.some(namesPlatform),
    )
  }
  if (ts.isImportDeclaration(node) && isPlatformModule(node.moduleSpecifier)) {
    const named = node.importClause?.namedBindings
    return Boolean(named && ts.isNamedImports(named) && named.elements.some(namesPlatform))
  }
  return false
}

const isDlopen = (node) =>
  ts.isPropertyAccessExpression(node) && node.name.text === 'dlopen' && isProcess(node.expression)

function expressionViolations(file, source) {
  const violations = []
  visit(source, (node) => {
    const line = () => lineOf(source, node)
    if (!MAY_ASK_PLATFORM.test(file) && asksPlatform(node)) {
      const why = `asks for the platform: only ${LOADER} does`
      violations.push({ file, line: line(), wall: 'wall 2', why })
    }
    if (file !== LOADER && isDlopen(node)) {
      const why = `process.dlopen: only ${LOADER} loads the addon`
      violations.push({ file, line: line(), wall: 'wall 1', why })
    }
  })
  return violations
}

/** All violations in `files`, a Map from 'src/...' to text. */
export function srcViolations(files) {
  return [...files].flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    return [
      ...importViolations(file, source),
      ...expressionViolations(file, source),
      ...tooLong(file, text, LONGEST),
    ]
  })
}
