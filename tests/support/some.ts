/** The list, which tests are made from: nothing in it would be no test, and look like a pass. @param of what it should hold, for the error */
export function some<T>(list: readonly T[], of: string): T[] {
  if (list.length === 0) throw new Error(`no ${of}: tests would be made from an empty list`);
  return [...list];
}
