import type { Component } from 'svelte';
import type { Entity } from '@xray-lab/xray/model';
import { annotationFacts, exceptionFacts, resourceFacts, sqlFacts } from '../facts.ts';
import Overview from './overview.svelte';
import Resources from './resources.svelte';
import Annotations from './annotations.svelte';
import Metadata from './metadata.svelte';
import Exceptions from './exceptions.svelte';
import Sql from './sql.svelte';
import Raw from './raw.svelte';

export interface TabProps {
  entity: Entity;
  isSegment: boolean;
  /** Ids of all rows of the trace. */
  known: ReadonlySet<string>;
  onselect: (id: string) => void;
}

export interface Tab {
  id: string;
  title: string;
  /** How many things are in it; undefined shows no number. */
  count?: (entity: Entity) => number;
  view: Component<TabProps>;
}

/** The segment panel's tabs. To add one: write its file, add its line. */
export const tabs: readonly Tab[] = [
  { id: 'overview', title: 'Overview', view: Overview },
  { id: 'resources', title: 'Resources', count: (entity) => resourceFacts(entity).length, view: Resources },
  {
    id: 'annotations',
    title: 'Annotations',
    count: (entity) => annotationFacts(entity).length,
    view: Annotations,
  },
  {
    id: 'metadata',
    title: 'Metadata',
    count: ({ metadata }) => Object.keys(metadata ?? {}).length,
    view: Metadata,
  },
  { id: 'exceptions', title: 'Exceptions', count: exceptionCount, view: Exceptions },
  { id: 'sql', title: 'SQL', count: (entity) => (sqlFacts(entity).length > 0 ? 1 : 0), view: Sql },
  { id: 'raw', title: 'Raw data', view: Raw },
];

function exceptionCount(entity: Entity): number {
  const { exceptions, recordedIn } = exceptionFacts(entity);
  return exceptions.length || (recordedIn ? 1 : 0);
}
