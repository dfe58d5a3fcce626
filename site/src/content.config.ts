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

/** Texts that stand beside what they describe and are shown here as well, so that they cannot come to differ. */
const papers = defineCollection({
  loader: glob({
    base: '..',
    pattern: ['docs/fidelity.md', 'xray/api/README.md', 'xray/iam/README.md'],
    generateId: ({ entry }) => entry,
  }),
});

export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }),
  labs,
  papers,
};
