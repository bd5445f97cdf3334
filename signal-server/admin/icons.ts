/** The page's own icons and mark, as templates that take the colour and size of the text around them. */
import { html, type TemplateResult } from 'lit'

/** Two shelves with jars: the same mark as on the kiosk page. */
export const larderMark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
  <path d="M3 13h26v2H3zM3 27h26v2H3z" />
  <rect x="6" y="5" width="6" height="7" rx="1.5" /><rect x="14" y="2" width="6" height="10" rx="1.5" opacity="0.75" />
  <rect x="8" y="18" width="9" height="8" rx="1.5" opacity="0.75" /><rect x="20" y="20" width="5" height="6" rx="1.5" />
</svg>`

const drawn = (path: string) =>
  html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round"><path d=${path} /></svg>`

export const icons = {
  overview: drawn('M3 10.5h5v6.5H3zM3 3h5v4.5H3zM12 3h5v6.5h-5zM12 12.5h5V17h-5z'),
  devices: drawn('M3 3.5h14v10H3zM7 17h6M10 13.5V17'),
  sites: drawn('M3 8 4.2 3.5h11.6L17 8M3 8h14M4 8v9h12V8M8 17v-5h4v5'),
  packages: drawn('M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.5 16.5 6M10 9.5v8'),
  profiles: drawn('M3 5h8M15 5h2M3 10h2M9 10h8M3 15h6M13 15h4M13 3.5v3M7 8.5v3M11 13.5v3'),
  enrolment: drawn('M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2h-2zM17 12v5h-3'),
  explain: drawn(
    'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.7 7.6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.1.9-1.1 1.7M10 14v.1',
  ),
  audit: drawn('M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5M7.5 13.5h5'),
  settings: drawn(
    'M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4',
  ),
  menu: drawn('M3 5.5h14M3 10h14M3 14.5h14'),
  close: drawn('m5 5 10 10M15 5 5 15'),
  back: drawn('m12 4-6 6 6 6'),
  search: drawn('M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5 17 17'),
  up: drawn('m5 12 5-5 5 5'),
  down: drawn('m5 8 5 5 5-5'),
  check: drawn('m4 10.5 4 4 8-9'),
  warning: drawn('M10 3 18 16.5H2zM10 8v4M10 14.2v.1'),
  clock: drawn('M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2'),
  light: drawn(
    'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M4.2 15.8l1.2-1.2M14.6 5.4l1.2-1.2',
  ),
  dark: drawn('M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z'),
  system: drawn(
    'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 2.5v15M10 5h5.5M10 8h7.2M10 11h7.4M10 14h6.4',
  ),
  leave: drawn('M8 3H3.5v14H8M12.5 6l4 4-4 4M16.5 10H8'),
  file: drawn('M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5'),
  folder: drawn('M2.5 5h5l1.5 2h8.5v9h-15z'),
  upload: drawn('M10 13V3.5M6 7.5l4-4 4 4M3.5 13v3.5h13V13'),
  plus: drawn('M10 4v12M4 10h12'),
} satisfies Record<string, TemplateResult>

export type IconName = keyof typeof icons
