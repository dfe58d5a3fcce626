/** Port of the X-Ray API while no offset moves it. */
const XRAY_PORT = 2001;

/**
 * The flags that keep an `aws xray` command in the lab, in whatever shell it is pasted: the lab's address where no
 * variable names another, and no signature, so that the CLI looks for nobody's credentials.
 */
export const insideTheLab = (portOffset: number): string =>
  `--endpoint-url "\${AWS_ENDPOINT_URL_XRAY:-http://127.0.0.1:${XRAY_PORT + portOffset}}" --region us-east-1 --no-sign-request`;
