/** The thread behind `check-records.ts`: reading a whole database takes seconds. */
import { parentPort, workerData } from 'node:worker_threads'
import { findDamage } from './sqlite.ts'

parentPort?.postMessage(findDamage(workerData, { quick: true }))
