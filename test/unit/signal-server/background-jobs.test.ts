import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retryPauseMs } from '../../../signal-server/background-jobs.ts'
import { jobStage } from '../../support/job-stage.ts'

const MINUTE_MS = 60_000

describe('background jobs', () => {
  it('a job runs when it is woken, and again when it said', async () => {
    const { time, jobs } = jobStage()
    const ranAt: number[] = []
    const job = jobs.add({
      name: 'counting',
      run: async () => {
        ranAt.push(time.nowMs)
        return 10_000
      },
    })
    await time.advance(60_000)
    assert.deepEqual(ranAt, [])
    job.wake()
    await time.advance(25_000)
    assert.deepEqual(ranAt, [60_000, 70_000, 80_000])
    await jobs.close()
    assert.equal(time.pending, 0)
  })

  it('woken while it runs, however often, it runs once more afterwards and never twice at once', async () => {
    const { time, jobs } = jobStage()
    let runs = 0
    let atOnce = 0
    const finish: (() => void)[] = []
    const job = jobs.add({
      name: 'counting',
      run: async () => {
        runs++
        assert.equal(++atOnce, 1)
        await new Promise<void>(resolve => finish.push(resolve))
        atOnce--
        return null
      },
    })
    job.wake()
    await time.advance(0)
    for (let i = 0; i < 5; i++) job.wake()
    finish.shift()?.()
    await time.advance(0)
    finish.shift()?.()
    await job.idle()
    assert.equal(runs, 2)
  })

  it('a job that fails is logged once, listed, tried again after growing pauses, and forgotten when it works', async () => {
    const { time, jobs, logged } = jobStage()
    let isBroken = true
    const ranAt: number[] = []
    const job = jobs.add({
      name: 'making patches',
      run: async () => {
        ranAt.push(time.nowMs / 1000)
        if (isBroken) throw new Error('the disk is full')
        return null
      },
    })
    job.wake()
    await time.advance(80_000)
    assert.deepEqual(ranAt, [0, 5, 15, 35, 75])
    assert.deepEqual(jobs.failing(), [{ name: 'making patches', since: 0, message: 'the disk is full' }])
    assert.deepEqual(
      logged.map(line => line.level),
      ['error'],
    )
    isBroken = false
    await time.advance(15 * MINUTE_MS)
    assert.deepEqual(ranAt.slice(5), [155])
    assert.deepEqual(jobs.failing(), [])
    assert.deepEqual(
      logged.map(line => line.message),
      ['a background job failed; it is tried again', 'a background job works again'],
    )
  })

  it('the pause between tries grows to a quarter of an hour, or to what the job says, and no further', () => {
    assert.deepEqual(
      [1, 2, 3, 8, 9, 1000].map(failures => retryPauseMs(failures) / 1000),
      [5, 10, 20, 640, 900, 900],
    )
    assert.deepEqual(
      [1, 2, 3, 1000].map(failures => retryPauseMs(failures, 15_000) / 1000),
      [5, 10, 15, 15],
    )
  })

  it('a job that throws before it returns a promise is handled in the same way', async () => {
    const { time, jobs } = jobStage()
    const job = jobs.add({
      name: 'counting',
      run: () => {
        throw new Error('at once')
      },
    })
    job.wake()
    await time.advance(0)
    assert.equal(jobs.failing()[0]?.message, 'at once')
    await jobs.close()
    assert.deepEqual([jobs.failing(), time.pending], [[], 0])
  })

  it('one job that fails keeps no other from running', async () => {
    const { time, jobs } = jobStage()
    let runs = 0
    jobs
      .add({
        name: 'broken',
        run: async () => {
          throw new Error('always')
        },
      })
      .wake()
    jobs
      .add({
        name: 'sound',
        run: async () => {
          runs++
          return 1000
        },
      })
      .wake()
    await time.advance(9_500)
    assert.equal(runs, 10)
    assert.deepEqual(
      jobs.failing().map(job => job.name),
      ['broken'],
    )
  })

  it('what is to happen later is not forgotten when it is asked for during a run', async () => {
    const { time, jobs } = jobStage()
    const ranAt: number[] = []
    const job = jobs.add({
      name: 'counting',
      run: async () => {
        ranAt.push(time.nowMs)
        if (ranAt.length === 1) job.wakeIn(1000)
        return null
      },
    })
    job.wakeIn(500)
    job.wakeIn(10)
    await time.advance(60_000)
    assert.deepEqual(ranAt, [500, 1500])
  })

  it('closing waits for the run under way, tells it to stop, and starts no other', async () => {
    const { time, jobs } = jobStage()
    let ended = false
    const job = jobs.add({
      name: 'waiting',
      run: async signal => {
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        ended = true
        return 1
      },
    })
    job.wake()
    await time.advance(0)
    await jobs.close()
    assert.equal(ended, true)
    job.wake()
    job.wakeIn(10)
    await time.advance(1000)
    assert.equal(time.pending, 0)
  })

  it('jobs that fail run once more when what they failed for may be over, and those that work do not', async () => {
    const { time, jobs } = jobStage()
    let isFull = true
    let working = 0
    const failing = jobs.add({
      name: 'making patches',
      run: async () => {
        if (isFull) throw new Error('the disk is full')
        return null
      },
    })
    const other = jobs.add({
      name: 'counting',
      run: async () => {
        working++
        return null
      },
    })
    failing.wake()
    other.wake()
    await time.advance(0)
    isFull = false
    jobs.retryFailing()
    await time.advance(0)
    assert.deepEqual(jobs.failing(), [])
    assert.equal(working, 1)
    await jobs.close()
  })
})
