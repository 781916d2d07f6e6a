import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and a certificate for 'localhost' that it signs itself; nothing of it is kept. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const BOOLEAN = 0x01;
const OBJECT_ID = 0x06;
/** ecdsa-with-SHA256, commonName, subjectAltName, basicConstraints, in DER. */
const ECDSA_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';

/** Node makes keys and no certificates, so the few fields that one needs are written here. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(SEQUENCE, objectId(ECDSA_SHA256));
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, objectId(COMMON_NAME), der(UTF8_STRING, Buffer.from('localhost')))),
  );
  const now = Date.now();
  const validity = der(SEQUENCE, utcTime(now - 86_400_000), utcTime(now + 86_400_000));
  const names = der(SEQUENCE, der(0x82, Buffer.from('localhost')));
  const isAuthority = der(SEQUENCE, der(BOOLEAN, Buffer.from([0xff])));
  const extensions = der(
    0xa3,
    der(
      SEQUENCE,
      der(SEQUENCE, objectId(ALT_NAME), der(OCTET_STRING, names)),
      der(SEQUENCE, objectId(BASIC_CONSTRAINTS), der(OCTET_STRING, isAuthority)),
    ),
  );
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(
    SEQUENCE,
    body,
    algorithm,
    der(BIT_STRING, Buffer.concat([Buffer.from([0]), signature])),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128
      ? [length]
      : length < 256
        ? [0x81, length]
        : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function objectId(hex: string): Buffer {
  return der(OBJECT_ID, Buffer.from(hex, 'hex'));
}

function utcTime(time: number): Buffer {
  const [date = '', clock = ''] = new Date(time).toISOString().split(/T|\./);
  return der(UTC_TIME, Buffer.from(`${`${date.slice(2)}${clock}`.replaceAll(/[-:]/g, '')}Z`));
}
