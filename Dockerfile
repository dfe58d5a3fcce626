# One image for every process of the lab; docker-compose.yml says which one a container runs.
# Stage 1 builds the site, stage 2 is what runs: without the tools of stage 1, and not as root.

# Whoever deploys the image can pin it: --build-arg BASE_IMAGE=node:24-bookworm-slim@sha256:…
ARG BASE_IMAGE=node:24-bookworm-slim
FROM ${BASE_IMAGE} AS site
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY xray/package.json xray/
COPY sample-app/package.json sample-app/
COPY labs/package.json labs/
COPY quiz/package.json quiz/
COPY site/package.json site/
RUN npm ci --omit=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY docs docs
COPY xray/model xray/model
COPY xray/api/README.md xray/api/
COPY xray/iam/README.md xray/iam/
COPY quiz quiz
COPY labs labs
COPY site site
ENV ASTRO_TELEMETRY_DISABLED=1
RUN node node_modules/astro/bin/astro.mjs build --root site

FROM ${BASE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
COPY xray/package.json xray/
COPY sample-app/package.json sample-app/
COPY labs/package.json labs/
COPY quiz/package.json quiz/
COPY site/package.json site/
RUN npm ci --omit=dev --no-audit --no-fund \
      --workspace xray --workspace sample-app --workspace labs --workspace quiz \
 && npm cache clean --force \
 && mkdir /data && chown node:node /data
COPY scripts scripts
COPY xray xray
COPY quiz quiz
COPY labs labs
COPY sample-app sample-app
COPY --from=site /app/site/dist site/dist
COPY LICENSE NOTICE ./
# Every module is compiled here once, so that containers start quickly and none holds the compiler that strips types.
ENV NODE_COMPILE_CACHE=/app/.runtime/compile-cache MALLOC_ARENA_MAX=1
RUN mkdir .runtime && chown node:node .runtime
USER node
RUN node --max-semi-space-size=1 scripts/warm.ts --no-template && node --max-semi-space-size=1 scripts/supervisor/container.ts --warm
ENV LAB_HOME=/data
VOLUME /data
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=1", "scripts/supervisor/container.ts"]
CMD ["lab"]
