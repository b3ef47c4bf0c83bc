/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How a scan becomes the network's input. Plain C: the CUDA engine includes this header. */

#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef enum
  {
    SAG_RECIPE_UPSTREAM, /* the public code, standardize_nii.py, quirks included */
    SAG_RECIPE_PAPER,    /* section 3.5 of arXiv:2509.01554, as we read it */
  } SagRecipeKind;

  /**
 * SagRecipe:
 * @box_mm: the part of the standardised scan that the network sees, along R, A, S: 384 x 320 x 256
 * @train_box_mm: what training pads or crops to before it augments: 416 x 336 x 256
 * @input: the network's input along R, A, S: 256 x 160 x 128
 */
  typedef struct
  {
    SagRecipeKind kind;
    int32_t       box_mm[3];
    int32_t       train_box_mm[3];
    int32_t       input[3];
  } SagRecipe;

#ifdef __cplusplus
}
#endif
