/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/core/json-writer.h"

/**
 * sag_cli_bench_cases: a scripted annotator goes through 200 cases (four phantoms of some 245 x 189 x 163 voxels under
 * 200 names) of a project with 3 tasks, twice: labels alone, then with two masks of five strokes each, one of them
 * undone. Scans are decoded two cases ahead. Then 20 cases at a person's pace of a second each, for how long the next
 * scan is waited for.
 * @folder: for project and scans; the caller removes it
 * @writer: (nullable): writes members of an open object instead of printing
 */
gboolean sag_cli_bench_cases (const char *folder, SagJsonWriter *writer, GError **error);
