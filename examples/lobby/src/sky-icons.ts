/** Small line drawings for the weather, drawn in the text's colour. */
import { svg, type TemplateResult } from 'lit'
import type { Sky } from './house-data.ts'

const cloud = 'M17 37h19a8.5 8.5 0 0 0 1.2-16.9A12 12 0 0 0 14.6 22 7.6 7.6 0 0 0 17 37Z'

const rays = (cx: number, cy: number, inner: number, outer: number) =>
  [0, 45, 90, 135, 180, 225, 270, 315].map(
    angle =>
      svg`<path d="M${cx} ${cy - inner}V${cy - outer}" transform="rotate(${angle} ${cx} ${cy})" class="sky-gold" />`,
  )

const drawings: Record<Sky, TemplateResult> = {
  sun: svg`<circle cx="24" cy="24" r="8.5" class="sky-gold sky-fill" />${rays(24, 24, 13, 18)}`,
  'part-sun': svg`<circle cx="31" cy="16" r="6.5" class="sky-gold sky-fill" />${rays(31, 16, 10, 13.5)}
    <path d=${cloud} class="sky-cover" transform="translate(-2 3)" />`,
  cloud: svg`<path d="M30 14.5a9 9 0 0 1 12 8.4 7 7 0 0 1-3 5.7" /><path d=${cloud} transform="translate(-2 2)" />`,
  mist: svg`<path d="M8 17h24M38 17h3M6 24h5M17 24h25M9 31h22M37 31h5M15 38h18" />`,
  rain: svg`<path d=${cloud} transform="translate(-1 -6)" /><path d="m17 36-2 6M25 36l-2 6M33 36l-2 6" class="sky-blue" />`,
  'clear-night': svg`<path d="M35 29.5A14.5 14.5 0 0 1 20.6 10 14.8 14.8 0 1 0 35 29.5Z" class="sky-gold sky-fill" />
    <path d="M33 11v5M30.5 13.5h5M40 20v3.4M38.3 21.7h3.4" class="sky-gold" />`,
}

export const skyIcon = (sky: Sky): TemplateResult =>
  svg`<svg class="sky" viewBox="0 0 48 48" aria-hidden="true">${drawings[sky]}</svg>` as TemplateResult
