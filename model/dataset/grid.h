/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/network/network.h"
#include "model/prepare/recipe.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagSampleGrid: the grids that a network's training samples live on. x, y, z run along R, A, S; z is fastest in
 * memory everywhere.
 * @recipe: as the bundle's, with the network's own input size
 * @input: voxels of the network's input
 * @tokens: vision tokens along each axis
 * @cells: cells of a token along each axis
 * @cell: voxels of a cell along each axis
 * @margin: voxels that the source of augmentation has beyond the input on each side, so that it covers the
 *   recipe's training box
 * @source: voxels of the source: @input + 2 @margin
 * @fine: steps of the label source per voxel: 1, or 2 where voxels are larger than 2 mm
 */
typedef struct
{
  SagRecipe recipe;
  gint32    input[3];
  gint32    tokens[3];
  gint32    cells[3];
  gint32    cell[3];
  gint32    margin[3];
  gint32    source[3];
  gint32    fine;
} SagSampleGrid;

/** sag_sample_grid_init: for a network whose cells divide its input, as sag_network_validate() demands. */
void sag_sample_grid_init (SagSampleGrid *grid, const SagNetwork *network, const SagRecipe *recipe);

/** sag_sample_grid_n_input: voxels of an input; n_source: of a source; n_cells: cells of a sample. */
gsize sag_sample_grid_n_input (const SagSampleGrid *grid);
gsize sag_sample_grid_n_source (const SagSampleGrid *grid);
gsize sag_sample_grid_n_cells (const SagSampleGrid *grid);

/**
 * sag_sample_grid_cell_index: where the cell @x, @y, @z of the whole input stands in an engine's (n_tokens, cells).
 */
gsize sag_sample_grid_cell_index (const SagSampleGrid *grid, gint32 x, gint32 y, gint32 z);

G_END_DECLS
