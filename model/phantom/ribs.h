/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAG_N_RIBS 12

/**
 * SagRib: one rib of each side.
 * @z_mm: at the spine
 * @drop_mm: from the spine to the front
 * @n_bone, @n_all: steps of bone, and with the cartilage after it
 */
typedef struct
{
  double z_mm;
  double drop_mm;
  guint  n_bone;
  guint  n_all;
} SagRib;

/**
 * SagRibCage: ribs that lie on the outside of a rounded box, the pleural cavity.
 * @centre, @radius, @square, @shear: of the cavity; @square flattens its sides, @shear leans it back
 * @gap_mm: from the cavity to the middle of a rib
 */
typedef struct
{
  SagRib ribs[SAG_N_RIBS];
  double centre[3];
  double radius[3];
  double gap_mm;
  double square;
  double shear;
} SagRibCage;

/** sag_rib_cage_point: the end of step @step of rib @rib; @side: 1 right, -1 left. */
void
sag_rib_cage_point (const SagRibCage *cage, guint rib, guint step, double side, double point[3]);

G_END_DECLS
