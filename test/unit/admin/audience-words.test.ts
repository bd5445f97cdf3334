/** What the page says of a release before it is published: who gets it, who is offline, who stays with another one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Audience } from '../../../protocol/admin/audience.ts'
import { audienceSentences } from '../../../signal-server/admin/publishing/audience-words.ts'

const site: Audience['sites'][number] = {
  site: 'berlin',
  profile: 'shops',
  devices: 4,
  offline: 1,
  storesOnline: 1,
  kiosks: 'from now on stores only',
  takeover: 'A new release takes over at once.',
  uplinkBytes: 2_800_000,
}
const none: Audience = { devices: 0, offline: 0, uplinkBytes: 0, sites: [], pinned: [] }
const pinned = [{ profile: 'clinics', release: 2, sites: 3 }]

for (const { title, audience, sentences } of [
  {
    title: 'the devices, the sites and the bytes are told, and who is offline',
    audience: { ...none, devices: 4, offline: 1, uplinkBytes: 2_800_000, sites: [site] },
    sentences: [
      '4 devices at 1 site get it. About 2.8 MB will cross the uplinks.',
      '1 of them is offline, and gets it when connected again.',
    ],
  },
  {
    title: 'a package that no profile gives reaches nobody',
    audience: none,
    sentences: ['No profile gives this package to a site, so no device gets it yet.'],
  },
  {
    title: 'profiles that stay with another release are named',
    audience: { ...none, pinned },
    sentences: [
      'No device gets it: every profile with this package stays with another release.',
      '3 sites of the profile clinics stay with release 2.',
    ],
  },
  {
    title: 'a site without devices gets nothing yet',
    audience: { ...none, sites: [{ ...site, devices: 0, offline: 0 }] },
    sentences: ['1 site is to run it, without a device yet.'],
  },
])
  test(title, () => assert.deepEqual(audienceSentences(audience), sentences))
