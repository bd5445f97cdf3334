/** What people are told of a device whose key two browsers have: the same on pages and in commands. */

/** `addresses`: of the last two sessions; the same one twice where both are behind one router. */
export function duplicateSentence(addresses: readonly string[]): string {
  const [one, other] = addresses
  const where = one === other ? `both at ${one}` : `one at ${one}, one at ${other}`
  return `Two browsers have the key of this device and replace each other, ${where}. A disk or a browser profile was probably copied. Make one of them a new device.`
}
