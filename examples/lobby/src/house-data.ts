/**
 * The app's data files: their shapes and how they are read. A file that is missing or has a wrong shape stops the start,
 * so that a broken release never reports itself ready. Knows nothing of the page.
 */
import * as v from 'valibot'

const time = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time must look like 09:30'))
const line = v.pipe(v.string(), v.nonEmpty())
const sky = v.picklist(['sun', 'part-sun', 'cloud', 'mist', 'rain', 'clear-night'])

/** `focus` is the place, in per cent from the left, that a narrow screen keeps in view. */
const slide = v.object({ picture: line, title: line, text: line, focus: v.optional(v.number()) })

const houseSchema = v.object({
  name: line,
  place: line,
  greetings: v.pipe(v.array(v.object({ text: line, lang: line })), v.nonEmpty()),
  slideSeconds: v.pipe(v.number(), v.minValue(4)),
  slides: v.pipe(v.array(slide), v.nonEmpty()),
})

const eventsSchema = v.object({
  events: v.array(v.object({ from: time, until: time, title: line, room: line, floor: line })),
})

const weatherSchema = v.object({
  place: line,
  sunrise: time,
  sunset: time,
  summary: line,
  hours: v.pipe(
    v.array(v.object({ hour: v.pipe(v.number(), v.integer()), temperature: v.number(), sky })),
    v.nonEmpty(),
  ),
  outlook: v.array(v.object({ high: v.number(), low: v.number(), sky })),
})

const newsSchema = v.object({ items: v.pipe(v.array(line), v.nonEmpty()) })

const departuresSchema = v.object({
  stop: line,
  walkMinutes: v.pipe(v.number(), v.minValue(0)),
  lines: v.array(
    v.object({
      line,
      kind: v.picklist(['bus', 'train', 'boat']),
      to: line,
      first: time,
      last: time,
      everyMinutes: v.pipe(v.number(), v.minValue(1)),
    }),
  ),
})

export type Sky = v.InferOutput<typeof sky>
export type House = v.InferOutput<typeof houseSchema>
export type HouseEvent = v.InferOutput<typeof eventsSchema>['events'][number]
export type Weather = v.InferOutput<typeof weatherSchema>
export type Departures = v.InferOutput<typeof departuresSchema>

async function read<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const response = await fetch(`data/${file}`)
  if (!response.ok) throw new Error(`data/${file} could not be read (status ${response.status}).`)
  const parsed = v.safeParse(schema, await response.json())
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  throw new Error(`data/${file}: ${issue.message} (at ${v.getDotPath(issue) ?? 'the top'}).`)
}

export const readHouse = () => read('house.json', houseSchema)
export const readEvents = () => read('events.json', eventsSchema)
export const readWeather = () => read('weather.json', weatherSchema)
export const readNews = () => read('news.json', newsSchema)
export const readDepartures = () => read('departures.json', departuresSchema)
