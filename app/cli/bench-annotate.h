/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/core/json-writer.h"

/**
 * sag_cli_bench_annotate: paints 1,000 strokes (half disc, half ball, 10 mm radius, 80 mm long) into 10 masks of
 * 512 x 512 x 600 voxels, undoes and writes them; opens and filters a project of 5,000 cases; and goes through 200
 * cases as bench-cases.h says.
 * @writer: (nullable): writes members of an open object instead of printing
 */
gboolean sag_cli_bench_annotate (SagJsonWriter *writer, GError **error);
