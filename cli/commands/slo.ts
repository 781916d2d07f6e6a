import { Command } from 'commander';
import type { Io } from '../io.ts';
import { compareCommand } from './slo-compare.ts';
import { sloEventsCommand } from './slo-events.ts';
import { exportCommand } from './slo-export.ts';
import { sloReportCommand } from './slo-report.ts';
import { validateCommand } from './slo-validate.ts';

/** `slo`: verdicts on objectives and controls. */
export function sloCommand(io: Io): Command {
  return new Command('slo')
    .description('Objectives and zero controls')
    .addCommand(sloReportCommand(io))
    .addCommand(sloEventsCommand(io))
    .addCommand(compareCommand(io))
    .addCommand(exportCommand(io))
    .addCommand(validateCommand(io));
}
