/** A number with thousands separators and at most three decimals. (Loading the tables of toLocaleString takes longer than a small program.) */
export function withCommas(n: number): string {
  const [whole, decimals] = String(Math.round(n * 1000) / 1000).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}
