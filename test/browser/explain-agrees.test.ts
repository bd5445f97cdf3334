/** One decision, whoever is asked: the page's route, the command, and the device itself. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { explanationSchema } from '../../protocol/admin-api.ts'
import { parseWith } from '../../protocol/parse.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

/** Two bounds either side of now, or off; with both kinds of device and both settings of the first option. */
const SETTINGS = [
  { only: 'off', enforce: 'off', proxy: 'on' },
  { only: hoursFromNow(1), enforce: 'off', proxy: 'on' },
  { only: 'off', enforce: hoursFromNow(2), proxy: 'on' },
  { only: hoursFromNow(1), enforce: hoursFromNow(2), proxy: 'on' },
  { only: hoursFromNow(2), enforce: hoursFromNow(1), proxy: 'on' },
  { only: hoursFromNow(-1), enforce: hoursFromNow(1), proxy: 'on' },
  { only: hoursFromNow(1), enforce: hoursFromNow(1), proxy: 'off' },
] as const

test('explain over the API, `larder explain` and the device itself give the same answer', async t => {
  const site = await startTestSite(t)
  await site.publish(await writeTestPackage(join(site.root, 'app'), { title: 'App 1' }), '1.0.0')
  await assignPackages(site, 'lobby')
  const devices = [await site.openOnline({ role: 'store' }), await site.openOnline({ role: 'kiosk' })]
  for (const settings of SETTINGS) {
    await site.windows(settings)
    for (const device of devices) {
      const { deviceId } = await device.untilOnline()
      const api = await (await site.api(`api/explain?device=${deviceId}&package=lobby`)).json()
      const command = JSON.parse(
        await site.larder('explain', '--device', deviceId, '--package', 'lobby', '--json'),
      )
      const { at: askedAt, sentence, ...answer } = explanation(api)
      const { at: commandAt, sentence: commandSentence, ...commandAnswer } = explanation(command)
      assert.deepEqual(commandAnswer, answer)
      assert.ok(Date.parse(commandAt) >= Date.parse(askedAt))
      const expected = {
        stores: answer.stores.state,
        server: answer.server.state,
        nextChangeAt: answer.nextChangeAt,
      }
      const own = await until(`the device decides as ${JSON.stringify(settings)} wants`, async () => {
        const status = await device.package()
        return JSON.stringify(status?.decision) === JSON.stringify(expected) ? status : null
      })
      assert.deepEqual(own.decision, expected)
      assert.equal(withoutCountdown(commandSentence), withoutCountdown(sentence))
    }
  }
})

/** "in 59 min 58 s" is another one a second later. */
const withoutCountdown = (sentence: string) => sentence.replace(/, in .*/, '')

function explanation(value: unknown) {
  const parsed = parseWith(explanationSchema, value)
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message)
  return parsed.value
}
