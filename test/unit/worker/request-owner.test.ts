/** Whose request it is, from each set of clues that Chromium and Firefox were seen to give. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReleasePins, type Pin } from '../../../client/kiosk-page/worker/release-pins.ts'
import { createRequestOwner, type OwnedRequest } from '../../../client/kiosk-page/worker/request-owner.ts'
import { recordKeys } from '../../../client/records.ts'
import { createFaultyRecordStore } from '../../support/memory-stores.ts'

const HOST = 'https://larder.example.com'
const FOLDER = `${HOST}/kiosk/`
const APP = `${FOLDER}app/lobby/`
const release = (number: number) => ({
  release: number,
  version: `1.${number}`,
  digest: String(number).repeat(64),
})

/** Two releases of the same app at the same address: the older was there first. */
async function stage(clientUrls: Record<string, string> = {}, url = APP) {
  const records = createFaultyRecordStore()
  const pins = createReleasePins(records)
  const pin = (number: number, more: Partial<Pin> = {}): Pin => ({
    package: 'lobby',
    release: release(number),
    url,
    inside: false,
    pinnedAt: number * 1000,
    ...more,
  })
  await pins.pin('old', pin(1))
  await pins.pin('new', pin(2))
  const urls = new Map(Object.entries({ old: url, new: url, ...clientUrls }))
  const ownerOf = createRequestOwner({
    pins,
    clients: { ids: async () => new Set(urls.keys()), urlOf: async id => urls.get(id) ?? null },
    now: () => 100_000,
    folder: FOLDER,
  })
  const request = (address: string, more: Partial<OwnedRequest> = {}) =>
    ownerOf({
      url: new URL(address, HOST).href,
      method: 'GET',
      mode: 'cors',
      destination: '',
      cache: 'default',
      referrer: '',
      clientId: '',
      resultingClientId: '',
      isReload: false,
      ...more,
    })
  const page = (address: string, more: Partial<OwnedRequest> = {}) =>
    request(address, { mode: 'navigate', destination: 'iframe', resultingClientId: 'next', ...more })
  return { pins, pin, records, urls, request, page }
}

const numberOf = (owner: Awaited<ReturnType<Awaited<ReturnType<typeof stage>>['request']>>) =>
  owner === null ? null : (owner.release?.release ?? 'active')

test('what a known page asks for comes from its release, wherever on the origin', async () => {
  const { request } = await stage()
  assert.equal(numberOf(await request(`${APP}x.js`, { clientId: 'old' })), 1)
  assert.equal(numberOf(await request('/assets/x.js', { clientId: 'new' })), 2)
  const other = await request(`${FOLDER}app/other/x.js`, { clientId: 'old' })
  assert.deepEqual([other?.package, numberOf(other)], ['other', 'active'])
})

test('pages that are no app get nothing of one but what they ask for by name', async () => {
  const { request } = await stage({ kiosk: FOLDER })
  assert.equal(await request('/time', { clientId: 'kiosk' }), null)
  assert.equal(numberOf(await request(`${APP}x.js`, { clientId: 'kiosk' })), 'active')
  assert.equal(await request('/x.js', { clientId: 'stranger', referrer: `${HOST}/other/page` }), null)
})

test('a frame without an address belongs to the page that it came with, and goes on belonging to it', async () => {
  const { request, pins } = await stage({ srcdoc: 'about:srcdoc', worker: `blob:${HOST}/1` })
  // Both pages have this address; what has just come into being belongs to the one that came last.
  assert.equal(numberOf(await request(`${APP}x.js`, { clientId: 'srcdoc', referrer: APP })), 2)
  assert.equal(numberOf(await request('/x.js', { clientId: 'worker' })), 2)
  assert.equal((await pins.find('srcdoc'))?.inside, true)
  await pins.pin('newest', { ...(await pins.find('new')), release: release(3), pinnedAt: 5000 } as Pin)
  assert.equal(numberOf(await request(`${APP}x.js`, { clientId: 'srcdoc', referrer: APP })), 2)
})

test('a worker of a worker is known by the script that asks', async () => {
  const { request, pins, pin, urls } = await stage()
  await pins.pin('script', pin(1, { url: `${HOST}/w2.js`, pinnedAt: 500, inside: true }))
  urls.set('script', `${HOST}/w2.js`)
  assert.equal(numberOf(await request('/x.txt', { referrer: `${HOST}/w2.js` })), 1)
})

test('what the kiosk page opens is the active release', async () => {
  const { page } = await stage()
  assert.deepEqual(await page(APP), { package: 'lobby', release: null, inside: false })
  // Chromium names the page that is replaced in the frame.
  assert.deepEqual(await page(APP, { clientId: 'old' }), { package: 'lobby', release: null, inside: false })
})

test('a frame inside an app has the release of the page around it, also when it goes on or is loaded again', async () => {
  const { page, pins, pin, urls } = await stage()
  await pins.pin('parent', pin(1, { url: `${APP}parent.html` }))
  urls.set('parent', `${APP}parent.html`)
  const inner = await page(`${APP}inner.html`, { referrer: `${APP}parent.html` })
  assert.deepEqual(inner, { package: 'lobby', release: release(1), inside: true })
  await pins.pin('inner', pin(1, { url: `${APP}inner.html`, inside: true }))
  const again = { clientId: 'inner', referrer: `${APP}inner.html`, isReload: true }
  assert.equal(numberOf(await page(`${APP}inner.html`, again)), 1)
  assert.equal(numberOf(await page(`${APP}more.html`, { clientId: 'inner' })), 1)
})

test('a page of an app goes on in its release; loaded again it is the active one', async () => {
  const { page } = await stage()
  const link = { clientId: 'old', referrer: APP }
  assert.deepEqual(await page(`${APP}two.html`, link), {
    package: 'lobby',
    release: release(1),
    inside: false,
  })
  assert.equal(numberOf(await page(APP, { ...link, isReload: true })), 'active')
})

test('at the root a frame is the app that lives there: by the page before, by the referrer, or because it is the only one', async () => {
  const { page, request } = await stage({ kiosk: FOLDER }, `${HOST}/`)
  assert.deepEqual(await page('/rooms/2', { clientId: 'old', referrer: `${HOST}/rooms/1` }), {
    package: 'lobby',
    release: release(1),
    inside: false,
  })
  assert.equal(numberOf(await page('/rooms/2', { referrer: `${HOST}/` })), 2)
  assert.equal(numberOf(await page('/rooms/2')), 'active')
  assert.equal(numberOf(await request('/help', { mode: 'navigate', destination: 'document' })), null)
})

test('no app at the root: frames there are none of its business', async () => {
  const { page } = await stage()
  assert.equal(await page('/rooms/2'), null)
})

test('a redirect is known by the page that it becomes', async () => {
  const { page, pins, pin } = await stage()
  await pins.pin('next', pin(2, { package: 'spa' }))
  assert.equal((await page('/rooms/2'))?.package, 'spa')
})

test('pins outlive the worker, are pruned with their pages, and rubbish is none', async () => {
  const { records, pin } = await stage()
  await records.setMany([[recordKeys.client('rubbish'), { package: 'lobby' }]])
  const again = createReleasePins(records)
  assert.equal((await again.find('old'))?.release.release, 1)
  assert.equal(await again.find('rubbish'), null)
  const live = await again.live(new Set(['old', 'new']), 100_000)
  assert.deepEqual(
    live.map(found => found.release.release),
    [2, 1],
  )
  await again.pin('young', pin(1, { pinnedAt: 99_000 }))
  await again.prune(new Set(['new']), 100_000)
  assert.deepEqual([...(await records.keys())].sort(), ['client:new', 'client:young'])
})
