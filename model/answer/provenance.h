/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/calibration.h"
#include "model/core/json-writer.h"
#include "model/engine/engine.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SagProvenance: everything that decides an answer's numbers, so that `replay` can repeat it.
 *
 * Immutable, atomically reference counted; one is shared by all answers of an ask. Holds no path
 * and no name of a person.
 *
 * @voxels: sag_volume_get_hash() of the scan
 * @bundle_sha256, @weights_sha256: of the bundle
 * @recipe: "upstream" or "paper"
 * @lung_source: "mask", "segmented" or "none"
 * @input: where the network's input lies in the scan; its corners are the analysed box
 * @shift_mm: by how much the person moved the box
 * @forced: asked although the scope verdict was `out`
 * @program, @commit: of Sagitta
 * @calibration: (nullable): what was found for the bundle when it was asked
 * @calibration_sha256: (nullable): its hash; known also of an answer that was saved
 */
typedef struct
{
  char       *voxels;
  char       *bundle_name;
  char       *bundle_sha256;
  char       *weights_sha256;
  char       *recipe;
  char       *lung_source;
  SagGeometry input;
  double      shift_mm[3];
  gboolean    forced;
  char       *engine;
  char       *device;
  char       *precision;
  char       *program;
  char       *commit;

  SagCalibration *calibration;
  char           *calibration_sha256;
} SagProvenance;

/**
 * sag_provenance_new: reads it off the engine and the prepared scan that will be asked about.
 * @shift_mm: (nullable): none
 */
SagProvenance *sag_provenance_new (SagEngine   *engine,
                                   SagPrepared *prepared,
                                   SagVolume   *volume,
                                   const double shift_mm[3],
                                   gboolean     forced);
SagProvenance *sag_provenance_ref (SagProvenance *provenance);
void           sag_provenance_unref (SagProvenance *provenance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagProvenance, sag_provenance_unref)

/** sag_provenance_write: the members of a "provenance" object. */
void sag_provenance_write (const SagProvenance *provenance, SagJsonWriter *writer);

/**
 * sag_provenance_read: the inverse.
 * Error: SAG_ERROR_FORMAT naming the member that is missing or wrong
 */
SagProvenance *sag_provenance_read (JsonObject *object, GError **error);

/** sag_geometry_write_json: {"dims": [...], "ijk_to_ras": [[...], [...], [...]]}. */
void sag_geometry_write_json (const SagGeometry *geometry, SagJsonWriter *writer, const char *name);

G_END_DECLS
