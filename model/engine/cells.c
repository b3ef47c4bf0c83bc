/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/cells.h"

#include <stddef.h>

void
sag_cells_arrange (const int32_t token_dims[3],
                   const int32_t cells[3],
                   const float  *logits,
                   bool          x_fastest,
                   float        *out)
{
  size_t n[3];

  for (int a = 0; a < 3; a++)
    n[a] = (size_t) token_dims[a] * cells[a];
  for (size_t x = 0; x < n[0]; x++)
    for (size_t y = 0; y < n[1]; y++)
      for (size_t z = 0; z < n[2]; z++)
        {
          size_t token =
            (x / cells[0] * token_dims[1] + y / cells[1]) * token_dims[2] + z / cells[2];
          size_t cell = (x % cells[0] * cells[1] + y % cells[1]) * cells[2] + z % cells[2];
          size_t index = x_fastest ? x + n[0] * (y + n[1] * z) : (x * n[1] + y) * n[2] + z;

          out[index] = logits[token * cells[0] * cells[1] * cells[2] + cell];
        }
}
