/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * sag_cells_arrange: the patch head's logits as one grid.
 *
 * Token p = (x Ty + y) Tz + z of the vision network holds the cells (Cx x + dx, Cy y + dy, Cz z + dz), cell
 * (dx Cy + dy) Cz + dz of the token.
 * @token_dims: Tx, Ty, Tz
 * @cells: Cx, Cy, Cz
 * @logits: (tokens, cells)
 * @x_fastest: the grid as SagUpsampleRequest reads it: index = x + nx (y + ny z). Else row-major (x, y, z), as upstream
 *   keeps it
 * @out: the grid of token_dims times cells
 */
void sag_cells_arrange (const int32_t token_dims[3],
                        const int32_t cells[3],
                        const float  *logits,
                        bool          x_fastest,
                        float        *out);
