/**
 * The same number, as a small integer where it is one. Numbers read from a Float64Array are boxed when they are put into
 * an object or a plain array, an allocation each; small integers are not, and JSON writes them faster.
 */
export function small(value: number): number {
  const integer = value | 0;
  return integer === value ? integer : value;
}
