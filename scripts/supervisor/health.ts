import { get } from 'node:http';
import { connect } from 'node:net';

const TIMEOUT_MILLISECONDS = 1500;

/** Whether `GET /health` answers 200. Never throws. */
export function httpHealth(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host, port, path: '/health', timeout: TIMEOUT_MILLISECONDS, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(false));
  });
}

/** Whether something accepts TCP connections there. Never throws. */
export function tcpHealth(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MILLISECONDS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => settle(true));
    socket.on('timeout', () => settle(false));
    socket.on('error', () => settle(false));
  });
}
