import { defineConfig, passthroughImageService } from 'astro/config';
import starlight from '@astrojs/starlight';
import svelte from '@astrojs/svelte';
import { labLinks } from './src/labs/lab-links.ts';

/** Static pages only: the control plane serves `dist` and answers `/lab/...` on the same origin. */
export default defineConfig({
  trailingSlash: 'ignore',
  image: { service: passthroughImageService() },
  devToolbar: { enabled: false },
  integrations: [
    starlight({
      title: 'X-Ray Lab',
      description: 'A hands-on lab and exam-prep kit for AWS X-Ray that runs on one laptop.',
      favicon: '/favicon.svg',
      customCss: ['./src/styles/tokens.css', './src/styles/parts.css'],
      components: {
        Header: './src/frame/Header.astro',
        PageFrame: './src/frame/PageFrame.astro',
        SiteTitle: './src/frame/SiteTitle.astro',
      },
      sidebar: [
        {
          label: 'Guide',
          items: [
            { label: 'Getting started', slug: 'guide/getting-started' },
            { label: 'How a segment travels', slug: 'guide/how-a-segment-travels' },
            { label: 'The shop', slug: 'guide/the-shop' },
            { label: 'Filter expressions', slug: 'guide/filter-expressions' },
            { label: 'Faults', slug: 'guide/faults' },
            { label: 'The AWS CLI', slug: 'guide/aws-cli' },
            { label: 'Keyboard', slug: 'guide/keyboard' },
            { label: 'As your local X-Ray', slug: 'guide/use-as-local-xray' },
            { label: 'What differs from AWS', slug: 'guide/fidelity' },
            { label: 'Fidelity, row by row', link: '/guide/fidelity-by-operation/' },
            { label: 'X-Ray in the exam', slug: 'guide/exam' },
          ],
        },
        { label: 'Labs', items: [{ label: 'All labs', link: '/labs/' }, ...labLinks()] },
        {
          label: 'Practise',
          items: [
            { label: 'Console', link: '/console/map/' },
            { label: 'Quiz', link: '/quiz/' },
            { label: 'Faults and traffic', link: '/faults/' },
          ],
        },
      ],
      pagination: true,
      lastUpdated: false,
      credits: false,
      disable404Route: true,
      expressiveCode: {
        defaultProps: { frame: 'none', wrap: true },
        styleOverrides: { borderRadius: '6px' },
      },
    }),
    svelte(),
  ],
  vite: {
    // Express brings an older cookie to the root of node_modules, so Astro's own one is bundled with the prerenderer.
    environments: { prerender: { resolve: { noExternal: ['cookie'] } } },
    // Astro's own directives in MDX modules: nothing of ours, and nothing is lost.
    build: { rolldownOptions: { checks: { moduleLevelDirective: false } } },
  },
});
