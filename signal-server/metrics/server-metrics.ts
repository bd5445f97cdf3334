/**
 * What the server counts about itself, for Prometheus: requests, refusals, introductions, grants. It knows neither the
 * records nor the fleet; what is read from them at each scrape is `admin-api/metrics-routes.ts`. Labels are bounded: routes
 * as they are written, reasons of a closed set.
 */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { type ProblemDocument, problemNameOf } from '../../protocol/problem.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'

/** The two listeners, and the signaling session. */
type RefusedAt = 'devices' | 'admin' | 'signal'

export interface MeteredRequest {
  readonly listener: 'devices' | 'admin'
  /** As it is written, parameters by name. */
  readonly route: string
  readonly method: string
  readonly status: number
  readonly durationMs: number
}

export interface ServerMetrics {
  readonly registry: Registry
  request(request: MeteredRequest): void
  refused(at: RefusedAt, document: Pick<ProblemDocument, 'type'>): void
  /** A message that went to a device on its signaling session. */
  sent(message: SignalDownWire): void
}

/** A chunk takes about a millisecond, a password a third of a second, a large publication seconds. */
const BUCKETS_S = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]

/** `ofProcess` adds memory, CPU, event loop and the like; for the one that lives as long as the process. */
export function createServerMetrics({ ofProcess }: { readonly ofProcess: boolean }): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'larder_http_request_duration_seconds',
    help: 'Time until an answer began, by listener, route, method and status',
    labelNames: ['listener', 'route', 'method', 'status'],
    buckets: BUCKETS_S,
    registers,
  })
  const refusals = new Counter({
    name: 'larder_refusals_total',
    help: 'Refusals by where and why: the types of the problem documents',
    labelNames: ['at', 'reason'],
    registers,
  })
  const introductions = new Counter({
    name: 'larder_introductions_total',
    help: 'Pairs of devices that were introduced to each other',
    registers,
  })
  const grants = new Counter({
    name: 'larder_grants_total',
    help: 'Grants given to devices for chunks from the server',
    registers,
  })

  function refused(at: RefusedAt, { type }: Pick<ProblemDocument, 'type'>): void {
    refusals.inc({ at, reason: problemNameOf(type) ?? 'unknown' })
  }

  return {
    registry,
    refused,
    request({ durationMs, ...labels }) {
      durations.observe(labels, durationMs / 1000)
    },
    sent(message) {
      switch (message.type) {
        case 'introduction':
          // Both sides are told; the one that asked counts.
          if (message.requestId !== undefined) introductions.inc()
          return
        case 'grant':
          grants.inc()
          return
        case 'refused':
        case 'error':
          refused('signal', message.problem)
          return
      }
    },
  }
}
