/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/part.h"

G_BEGIN_DECLS

/**
 * SagAnatomy: a patient: the parts in the order in which they are painted, and what tissue looks
 * like.
 * @low, @high: the field of view in RAS mm, from neck to upper abdomen
 * @hu, @noise_hu: mean and standard deviation of each tissue
 */
typedef struct
{
  GArray *parts; /* of SagPart */
  double  low[3];
  double  high[3];
  float   hu[SAG_N_TISSUES];
  float   noise_hu[SAG_N_TISSUES];
} SagAnatomy;

/** SagBuilder: what the parts of one patient are scaled and varied by. */
typedef struct
{
  SagAnatomy *anatomy;
  guint64     seed;
  guint       findings;
  double      scale[3];
} SagBuilder;

SagAnatomy *sag_anatomy_new (const SagPhantomOptions *options);
void        sag_anatomy_free (SagAnatomy *anatomy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagAnatomy, sag_anatomy_free)

/** sag_builder_add: appends @part, given for a patient of scale 1, scaled to this one. */
void sag_builder_add (SagBuilder *builder, const SagPart *part);

void sag_builder_add_rib_cage (SagBuilder *builder);
void sag_builder_add_spine (SagBuilder *builder);
void sag_builder_add_findings (SagBuilder *builder);

/* For the labels that a part may cover. */
#define SAG_LOBES_LEFT SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT, SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT
#define SAG_LOBES_RIGHT                                                                            \
  SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT, SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT,                           \
    SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT

/* The pleural cavities of a patient of scale 1, both sides in one: lungs and ribs follow it. */
#define SAG_CAVITY_CENTRE                                                                          \
  {                                                                                                \
    0, 0, -80                                                                                      \
  }
#define SAG_CAVITY_RADIUS                                                                          \
  {                                                                                                \
    150, 105, 180                                                                                  \
  }
#define SAG_CAVITY_SQUARE 0.3
/* The patient lies a little bent: mm to anterior for each mm to superior. */
#define SAG_POSTURE_SHEAR (-0.08)

G_END_DECLS
