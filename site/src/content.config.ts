import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { glob } from 'astro/loaders';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';

/** The lessons live beside the checks that grade them, in `labs/NN-name/index.mdx`. */
const labs = defineCollection({
  loader: glob({
    base: '../labs',
    pattern: '[0-9][0-9]-*/index.mdx',
    generateId: ({ entry }) => entry.split('/')[0] ?? entry,
  }),
  schema: z.object({
    title: z.string(),
    description: z.string().optional(),
    /** The lab's id in the control plane, `defineLab({ id })`. */
    lab: z.string(),
  }),
});

export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }),
  labs,
};
