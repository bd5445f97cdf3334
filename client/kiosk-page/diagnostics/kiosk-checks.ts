/** Checks of the kiosk that runs in this browser: whether it is a device of its server, and reaches others of its site. */
import type { KioskView } from '../../kiosk-api.ts'
import { bad, type Check, type Finding, good, note } from './finding.ts'

export const kioskChecks: readonly Check[] = [
  {
    id: 'kiosk',
    title: 'The kiosk in this browser',
    run: async ({ view }) => kioskFinding(await view()),
  },
  {
    id: 'peer',
    title: 'Other devices of the site',
    run: async ({ view }) => peerFinding(await view()),
  },
]

function kioskFinding(view: KioskView | null): Finding {
  if (view === null)
    return note(
      'No kiosk page is open in this browser.',
      'Open the kiosk page in another tab and check again.',
    )
  const { enrolment, status, storage } = view
  if (enrolment.state === 'revoked')
    return bad(
      'An administrator has taken this device out of service.',
      `Accept it again on the administration page, or with: larder device accept ${status.deviceId} --site …`,
    )
  if (view.keysRefused)
    return bad(
      'The server names signing keys that this device does not trust; what they sign is refused, and what runs goes on.',
      'Make sure that the address leads to the right server. If its signing key was changed on purpose, make an enrolment link (larder enrol create) and enter it in the status panel of the kiosk page, or open it in this browser.',
    )
  switch (enrolment.state) {
    case 'pending':
      return note(
        `This browser waits to be accepted and shows ${enrolment.code}.`,
        `Accept it on the administration page under “Enrolment”, or with: larder device accept ${enrolment.code} --site …`,
      )
    case 'enrolled':
      break
    default:
      return note(
        'This browser is not enrolled.',
        'Open an enrolment link in it (larder enrol create), or accept the code that the kiosk page shows.',
      )
  }
  if (view.needsNewPage)
    return bad(
      'The server has another version than the kiosk page in this browser, and they do not understand each other.',
      'Leave the screen untouched for two minutes: the page loads the build of the server by itself. If that does not help, build the pages on the server (npm run build) and start it again.',
    )
  const found = `Enrolled as ${enrolment.name || status.deviceId}, ${status.connection === 'online' ? 'connected' : 'not connected'}.`
  return storage === 'memory'
    ? bad(
        `${found} Its packages are only in memory and are gone when the page is closed.`,
        'Mend what “Storage (IndexedDB)” says; then reload the kiosk page.',
      )
    : good(found)
}

const lanMend =
  'The network must let devices of the site reach each other over UDP: turn client isolation off on the access points (also called AP or station isolation), put the devices into one VLAN, and open local firewalls. Where multicast is dropped, offer addresses: policy WebRtcLocalIpsAllowedUrls (Chrome, Edge, Chromium), media.peerconnection.ice.obfuscate_host_addresses = false (Firefox).'

function peerFinding(view: KioskView | null): Finding {
  if (view === null)
    return note(
      'Not known: no kiosk page is open in this browser.',
      'Open the kiosk page in another tab and check again.',
    )
  const { peers, packages } = view.status
  const open = peers.filter(({ state }) => state === 'open').length
  if (open > 0) return good(`Linked to ${open} other ${open === 1 ? 'device' : 'devices'} of its site.`)
  if (packages.some(({ reason }) => reason === 'stores-not-answering'))
    return bad('Stores of this site are online, and none of them can be reached.', lanMend)
  if (packages.some(({ reason }) => reason === 'no-store-online'))
    return note(
      'A package waits for a store, and no store of this site is online.',
      'Switch a store of the site on, or give another device the role: larder device set-role DEVICE store.',
    )
  return good('Not linked to another device now: links are made when a package is to be fetched.')
}
