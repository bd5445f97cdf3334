/** Figures of several rounds. The machine drifts, so what is compared is compared within one round. */

/** @throws RangeError when there are none */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between the two nearest values in proportion; `share` from 0 to 1. @throws RangeError when there are none */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values, no quantile')
  const sorted = Float64Array.from(values).sort()
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** `left / right` of each round, in order. @throws RangeError when the rounds do not match */
export function ratiosWithinRounds(left: readonly number[], right: readonly number[]): number[] {
  if (left.length !== right.length)
    throw new RangeError(`${left.length} rounds against ${right.length}: nothing to compare`)
  return left.map((value, round) => value / (right[round] ?? Number.NaN))
}

/**
 * Runs the candidates one after the other, `rounds` times, each round beginning with the next of them, so that none is always
 * the first on a cold machine. The results of each, by round.
 */
export async function inTurns<T, N extends string>(
  rounds: number,
  candidates: Readonly<Record<N, (round: number) => Promise<T>>>,
): Promise<Record<N, T[]>> {
  const names = Object.keys(candidates) as N[]
  const results = Object.fromEntries(names.map(name => [name, [] as T[]])) as Record<N, T[]>
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]
      if (name !== undefined) results[name].push(await candidates[name](round))
    }
  }
  return results
}
