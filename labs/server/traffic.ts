import { Router } from 'express';
import { z } from 'zod';
import type { Traffic } from './contract.ts';
import { badRequest, parse } from './problem.ts';

/** The scripted shoppers. */
export interface TrafficControl {
  snapshot(): Traffic;
  /** Throws a 400 that lists the profiles. */
  setProfile(name: string): void;
}

/** What `startTraffic` of the shop returns, as far as it is used here. */
export interface Shoppers {
  setProfile(name: string): void;
  snapshot(): { profile: string; sent: number; answered: Record<string, number> };
}

/**
 * The shoppers behind a check of the profile's name.
 *
 * @param profiles The profiles that exist, for the panel.
 * @param changed Called after a profile was chosen.
 */
export function trafficControl(
  shoppers: Shoppers,
  profiles: Traffic['profiles'],
  changed: (traffic: Traffic) => void = () => {},
): TrafficControl {
  const snapshot = (): Traffic => {
    const { profile, sent, answered } = shoppers.snapshot();
    return { profile, profiles, sent, answered };
  };
  return {
    snapshot,
    setProfile(name) {
      if (!profiles.some((profile) => profile.name === name)) {
        const names = profiles.map((profile) => profile.name).join(', ');
        throw badRequest('profile', `There is no traffic profile "${name}". There is: ${names}.`);
      }
      shoppers.setProfile(name);
      changed(snapshot());
    },
  };
}

const trafficRequest = z.strictObject({ profile: z.string() });

/** Traffic: which profile runs, and choosing another. */
export function trafficRoutes(traffic: TrafficControl): Router {
  const routes = Router();

  routes.get('/lab/traffic', (_request, response) => {
    response.json(traffic.snapshot());
  });

  routes.put('/lab/traffic', (request, response) => {
    traffic.setProfile(parse(trafficRequest, request.body ?? {}).profile);
    response.json(traffic.snapshot());
  });

  return routes;
}
