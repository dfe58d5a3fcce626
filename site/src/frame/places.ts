/** The main navigation, in the order a learner meets it. `under` is the path prefix that marks a place as current. */
export const places = [
  { label: 'Guide', href: '/guide/getting-started/', under: '/guide/' },
  { label: 'Labs', href: '/labs/', under: '/labs/' },
  { label: 'Console', href: '/console/map/', under: '/console/' },
  { label: 'Faults', href: '/faults/', under: '/faults' },
  { label: 'Quiz', href: '/quiz/', under: '/quiz' },
] as const;
