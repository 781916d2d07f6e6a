import { compareEveryFile } from './every-file.ts';

compareEveryFile('on ClickHouse');
