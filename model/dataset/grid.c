/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/grid.h"

/* Voxels above this are too coarse for the labels of small things. */
#define COARSE_MM 2.0

/* How much further a margin may reach so that it is a whole number of millimetres, on which windows of area
 * averaging repeat. */
#define SEARCH 16

/* The least margin that covers the training box, and lies on the input's own pattern if one nearby does. */
static gint32
find_margin (gint32 train_mm, gint32 box_mm, gint32 input)
{
  gint32 least = train_mm > box_mm
                   ? (gint32) (((gint64) (train_mm - box_mm) * input + 2 * (gint64) box_mm - 1) /
                               (2 * (gint64) box_mm))
                   : 0;

  for (gint32 margin = least; margin < least + SEARCH; margin++)
    if ((gint64) margin * box_mm % input == 0)
      return margin;
  return least;
}

void
sag_sample_grid_init (SagSampleGrid *grid, const SagNetwork *network, const SagRecipe *recipe)
{
  *grid = (SagSampleGrid){ .recipe = *recipe, .fine = 1 };
  sag_network_feature_dims (network, network->input, grid->tokens);
  for (int a = 0; a < 3; a++)
    {
      grid->input[a] = grid->recipe.input[a] = network->input[a];
      grid->cells[a] = network->cells[a];
      grid->cell[a] = grid->input[a] / (grid->tokens[a] * grid->cells[a]);
      grid->margin[a] = find_margin (recipe->train_box_mm[a], recipe->box_mm[a], grid->input[a]);
      grid->source[a] = grid->input[a] + 2 * grid->margin[a];
      if (recipe->box_mm[a] > COARSE_MM * grid->input[a])
        grid->fine = 2;
    }
}

static gsize
product (const gint32 dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

gsize
sag_sample_grid_n_input (const SagSampleGrid *grid)
{
  return product (grid->input);
}

gsize
sag_sample_grid_n_source (const SagSampleGrid *grid)
{
  return product (grid->source);
}

gsize
sag_sample_grid_n_cells (const SagSampleGrid *grid)
{
  return product (grid->tokens) * product (grid->cells);
}

gsize
sag_sample_grid_cell_index (const SagSampleGrid *grid, gint32 x, gint32 y, gint32 z)
{
  const gint32 *c = grid->cells;
  gsize token = ((gsize) (x / c[0]) * grid->tokens[1] + y / c[1]) * grid->tokens[2] + z / c[2];
  gsize inner = ((gsize) (x % c[0]) * c[1] + y % c[1]) * c[2] + z % c[2];

  return token * product (c) + inner;
}
