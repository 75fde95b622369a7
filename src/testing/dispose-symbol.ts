/** As src/base/dispose-symbol.ts, which is not of this room: a vm context of a Node before 24 has no such symbol. */
export const asyncDispose = ((Symbol as Partial<SymbolConstructor>).asyncDispose ??
  Symbol.for('Symbol.asyncDispose')) as typeof Symbol.asyncDispose
