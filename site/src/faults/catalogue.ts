/** The fault catalogue as the panel shows it: by area, and only what a search leaves. */
import type { FaultAreaDescription, FaultDescription } from '@xray-lab/labs/server/contract';

export interface FaultGroup {
  area: FaultAreaDescription;
  faults: FaultDescription[];
}

/**
 * The faults in which each word of the search occurs: in the id, the title, the area, a service, or what it is in the
 * wild. In the order of the areas; areas with none are left out.
 */
export function groupsOf(
  areas: readonly FaultAreaDescription[],
  catalogue: readonly FaultDescription[],
  search: string,
): FaultGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return areas.flatMap((area) => {
    const faults = catalogue.filter((fault) => {
      if (fault.area !== area.id) return false;
      const text = textOf(fault, area);
      return words.every((word) => text.includes(word));
    });
    return faults.length > 0 ? [{ area, faults }] : [];
  });
}

const textOf = (fault: FaultDescription, area: FaultAreaDescription) =>
  [fault.id, fault.title, area.title, area.about, fault.inTheWild, ...fault.services].join(' ').toLowerCase();

/** `40 faults`, `7 of 40 match`, `none of 40 matches` */
export function countOf(groups: readonly FaultGroup[], all: number, search: string): string {
  const found = groups.reduce((sum, { faults }) => sum + faults.length, 0);
  if (search.trim() === '') return `${all} faults`;
  if (found === 0) return `none of ${all} matches`;
  return `${found} of ${all} ${found === 1 ? 'matches' : 'match'}`;
}

/** The first sentence, without the backticks that mark code: what a closed row has room for. */
export const firstSentence = (text: string) => (/^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text).replaceAll('`', '');
