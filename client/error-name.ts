/** Tells errors apart by name: one that comes from another frame is an instance of none of this page's classes. */
export const errorNameOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
