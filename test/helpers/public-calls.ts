/** What of the package takes options, as TypeScript sees its declarations. */
import { join } from 'node:path'
import ts from 'typescript'
import { packageRoot } from './addon'

/** The options of one object: `holder` is '' for the object itself, 'store' for options.store. */
export interface OptionsObject {
  holder: string
  keys: string[]
}

// TypeScript names files with slashes, on Windows too.
const LIB = join(packageRoot, 'lib').replaceAll('\\', '/')
const NAMED = new Set(['options', 'filter'])

const isOurs = (declaration: ts.Declaration | undefined): boolean =>
  declaration?.getSourceFile().fileName.startsWith(LIB) === true

/** A type of options: declared in the package, no class, and an object. */
function isOptions(type: ts.Type): boolean {
  const { Object: object, Intersection: intersection } = ts.TypeFlags
  if (type.isClass() || (type.flags & (object | intersection)) === 0) return false
  return type.getProperties().some((property) => isOurs(property.declarations?.[0]))
}

class Reader {
  readonly #checker: ts.TypeChecker
  readonly #program: ts.Program

  constructor(entries: string[]) {
    const options = { module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022, strict: true }
    this.#program = ts.createProgram(entries, { ...options, types: ['node'] })
    this.#checker = this.#program.getTypeChecker()
  }

  /** Every call with an `options` or a `filter`, and what these have. */
  calls(entry: string): Map<string, OptionsObject[]> {
    const found = new Map<string, OptionsObject[]>()
    const source = this.#program.getSourceFile(entry)
    const module = source && this.#checker.getSymbolAtLocation(source)
    if (!module) throw new Error(`no module ${entry}`)
    for (const each of this.#checker.getExportsOfModule(module)) {
      const symbol = each.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(each) : each
      for (const [name, signatures] of this.#signatures(symbol)) {
        const objects = signatures.flatMap((signature) => this.#objects(signature))
        if (objects.length > 0) found.set(name, objects)
      }
    }
    return found
  }

  *#signatures(symbol: ts.Symbol): Generator<[string, readonly ts.Signature[]]> {
    const value = symbol.valueDeclaration
    if (value === undefined) return
    const name = symbol.getName()
    const type = this.#checker.getTypeOfSymbol(symbol)
    if (!ts.isClassDeclaration(value)) {
      yield [name, type.getCallSignatures()]
      return
    }
    yield [`new ${name}`, type.getConstructSignatures()]
    for (const member of type.getProperties()) {
      if (this.#isInherited(member, value)) continue
      yield [
        `${name}.${member.getName()}`,
        this.#checker.getTypeOfSymbol(member).getCallSignatures(),
      ]
    }
    const own = this.#checker.getDeclaredTypeOfSymbol(symbol)
    for (const member of own.getProperties()) {
      if (this.#isInherited(member, value)) continue
      yield [
        `${name}#${member.getName()}`,
        this.#checker.getTypeOfSymbol(member).getCallSignatures(),
      ]
    }
  }

  /** Initiator's and Acceptor's are SecurityContext's, whose own may come from classes that are not exported. */
  #isInherited(member: ts.Symbol, by: ts.ClassDeclaration): boolean {
    const declaration = member.declarations?.[0]
    if (!isOurs(declaration) || member.getName().startsWith('__@')) return true
    const extending = ['Initiator', 'Acceptor'].includes(by.name?.text ?? '')
    return extending && declaration?.parent !== by
  }

  #objects(signature: ts.Signature): OptionsObject[] {
    return signature
      .getParameters()
      .filter((parameter) => NAMED.has(parameter.getName()))
      .flatMap((parameter) => this.#within(this.#checker.getTypeOfSymbol(parameter), ''))
  }

  #within(type: ts.Type, holder: string): OptionsObject[] {
    const given = this.#checker.getNonNullableType(type)
    return (given.isUnion() ? given.types : [given]).filter(isOptions).flatMap((object) => {
      const properties = object.getProperties()
      const nested = properties.flatMap((property) =>
        this.#within(
          this.#checker.getTypeOfSymbol(property),
          holder === '' ? property.getName() : `${holder}.${property.getName()}`,
        ),
      )
      return [{ holder, keys: properties.map((each) => each.getName()) }, ...nested]
    })
  }
}

/** Of the package and of `gssapi/testing`: 'Credential.acquire', 'Credential#store', 'new Acceptor', 'configure'. */
export function callsWithOptions(): Map<string, OptionsObject[]> {
  const entries = ['index.d.ts', 'testing/index.d.ts'].map((file) => join(LIB, file))
  const reader = new Reader(entries)
  return new Map(entries.flatMap((entry) => [...reader.calls(entry)]))
}
