/** A lab's page, as it is linked to. */
export interface LabLink {
  label: string;
  link: string;
}

/** The labs before and after the one at `link`; at an end of the row there is none. */
export function neighbours(
  links: readonly LabLink[],
  link: string,
): { previous: LabLink | undefined; next: LabLink | undefined } {
  const at = links.findIndex((one) => one.link === link);
  return at < 0 ? { previous: undefined, next: undefined } : { previous: links[at - 1], next: links[at + 1] };
}
