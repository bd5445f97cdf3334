/**
 * Whether the kiosk page answers at an address, to be asked before this tab goes there. Without a service worker anything may
 * answer, such as the login page of a network, from which nothing leads back.
 */
export async function isKioskPageThere(address: string): Promise<boolean> {
  const answer = await fetch(address, { cache: 'no-store' }).catch(() => null)
  const text = answer?.ok ? await answer.text().catch(() => '') : ''
  return text.includes('<larder-kiosk')
}
