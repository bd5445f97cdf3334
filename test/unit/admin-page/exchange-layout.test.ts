/** The picture of who gives to whom: places that stay, within the width, never over one another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  layOutExchange,
  linksToDraw,
  NODE_HEIGHT_PX,
} from '../../../signal-server/admin/sites/exchange-layout.ts'

const id = (n: number) => `d-${n.toString(16).padStart(32, '0')}`
const device = (n: number, role: 'store' | 'kiosk') => ({
  deviceId: id(n),
  name: `Screen ${n}`,
  role,
  connection: 'online' as const,
  phase: 'active' as const,
  chunks: { have: 1, total: 1 },
})
const site = (stores: number, kiosks: number) => [
  ...Array.from({ length: stores }, (_, n) => device(n, 'store')),
  ...Array.from({ length: kiosks }, (_, n) => device(1000 + n, 'kiosk')),
]

for (const width of [300, 700, 1100, 2600]) {
  test(`at ${width} px every device has room of its own within the picture`, () => {
    const { placed, nodeWidthPx, heightPx, server } = layOutExchange(
      { devices: site(3, 40), links: [] },
      width,
    )
    assert.equal(placed.length, 43)
    for (const {
      x,
      y,
      gapX,
      device: { role },
    } of placed) {
      assert.ok(x - nodeWidthPx / 2 >= 0 && x + nodeWidthPx / 2 <= width, `x ${x}`)
      assert.ok(y > server.y + NODE_HEIGHT_PX && y + NODE_HEIGHT_PX <= heightPx)
      for (const other of placed) {
        if (other.y === y) assert.ok(Math.abs(other.x - x) >= nodeWidthPx || other.x === x)
        if (other.device.role === role)
          assert.ok(Math.abs(other.x - gapX) >= nodeWidthPx / 2, 'a gap runs between the columns')
      }
    }
    const lowestStore = Math.max(
      ...placed.filter(({ device: { role } }) => role === 'store').map(({ y }) => y),
    )
    assert.ok(placed.every(({ device: { role }, y }) => role === 'store' || y > lowestStore))
  })
}

test('where there are too many, those that take part are drawn', () => {
  const links = [{ from: id(0), to: id(1499), bytesPerS: 1 }]
  const { placed, leftOut } = layOutExchange({ devices: site(2, 500), links }, 1100)
  assert.equal(placed.length + leftOut, 502)
  assert.ok(placed.some(({ device: { deviceId } }) => deviceId === id(1499)))
})

test('talk is no giving, and an idle pair has one line', () => {
  const [a, b, c] = [id(1), id(2), id(3)]
  const drawn = linksToDraw([
    { from: a, to: b, bytesPerS: 3_000_000 },
    { from: b, to: a, bytesPerS: 338 },
    { from: a, to: c, bytesPerS: 0 },
    { from: c, to: a, bytesPerS: 0 },
  ])
  assert.deepEqual(drawn, [
    { from: a, to: b, bytesPerS: 3_000_000 },
    { from: a, to: c, bytesPerS: 0 },
  ])
})

test('while the picture has next to no width, no device in it has a negative one', () => {
  for (const width of [1, 16, 40, 60]) {
    const { nodeWidthPx } = layOutExchange({ devices: site(1, 3), links: [] }, width)
    assert.ok(nodeWidthPx > 20, `${nodeWidthPx} px at ${width} px`)
  }
})
