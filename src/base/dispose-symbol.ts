/** Symbol.dispose: part of V8 since Node 24; before, Node defines it in its main realm only, not in a vm context (Jest, vitest). */

/**
 * @internal A class's method for `using`. Where the realm has no such symbol no `using` can run either, but for compilers' helpers,
 * which then ask for this one (Babel).
 */
export const dispose = ((Symbol as Partial<SymbolConstructor>).dispose ??
  Symbol.for('Symbol.dispose')) as typeof Symbol.dispose
