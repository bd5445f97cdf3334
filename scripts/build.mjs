// `npm run build`: dependencies and both pages, as the commands would do it by themselves; nothing when all is current.

import { setUp } from './setup.mjs'

await setUp({ browser: false, pages: true, log: line => console.log(line) })
