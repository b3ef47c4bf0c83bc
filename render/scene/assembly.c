/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/assembly.h"

#include "render/scene/content-private.h"
#include "render/scene/surfaces.h"
#include "render/scene/wire.h"

#include <math.h>

/* Meshes of volumes that are not shown at the moment. */
#define N_REMEMBERED 8

#define CROSS_COLOUR 0x62a0ea
#define BOX_COLOUR 0xffffff
#define DASH_MM 5.0

/* The ends of the body, without which nothing of it would be seen from the head or the feet. */
#define RIM_OPACITY 0.45

/* Glass that faces the reader; see SagRenderSurface. */
static const struct
{
  SagRenderColour colour;
  double          opacity, rim, shine;
} part_looks[SAG_RENDER_N_PARTS] = {
  [SAG_RENDER_PART_BODY] = { 0xe6cdb4, 0.11, 1.0, 0.3 },
  [SAG_RENDER_PART_LUNGS] = { 0xc6d6e4, 0.26, 0.6, 0.6 },
};

typedef enum
{
  WANT_BODY,
  WANT_HEATMAP,
  WANT_LUNGS,
  WANT_LABEL,
  WANT_VOXELS,
} Kind;

/* A surface of the content. @number: of the heatmap or the mask in the content. */
typedef struct
{
  Kind              kind;
  guint             number;
  gboolean          negative;
  SagRenderLabelBox box;
  char             *key;
  SagRenderColour   colour;
  double            opacity;
} Wanted;

/* @source, @voxels: what the key names by its address, so that the address is not given out again. */
typedef struct
{
  SagRenderMesh *mesh;
  GBytes        *source;
  SagMask       *voxels;
  GArray        *rims;      /* (nullable): where it ends, as lines */
  gboolean       of_scan;   /* is kept for a while although nothing shows it */
  guint64        last_used; /* scan or content */
} Made;

/* The labels of a mask's bytes. */
typedef struct
{
  GBytes *labels;
  GArray *boxes;
} Present;

struct _SagRenderAssembly
{
  SagRenderContent *content;
  char             *volume_hash;
  char             *lungs_hash;
  GArray           *wanted;
  GHashTable       *made;
  GArray           *present;
  guint64           n_contents; /* counts up */
  guint64           n_scans;
};

static void
clear_wanted (gpointer data)
{
  g_free (((Wanted *) data)->key);
}

static void
clear_present (gpointer data)
{
  Present *present = data;

  g_bytes_unref (present->labels);
  g_array_unref (present->boxes);
}

static void
made_free (gpointer data)
{
  Made *made = data;

  g_clear_pointer (&made->mesh, sag_render_mesh_unref);
  g_clear_pointer (&made->source, g_bytes_unref);
  g_clear_pointer (&made->voxels, sag_mask_unref);
  g_clear_pointer (&made->rims, g_array_unref);
  g_free (made);
}

SagRenderAssembly *
sag_render_assembly_new (void)
{
  SagRenderAssembly *assembly = g_new0 (SagRenderAssembly, 1);

  assembly->content = sag_render_content_new (NULL, NULL);
  assembly->wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_array_set_clear_func (assembly->wanted, clear_wanted);
  assembly->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, made_free);
  assembly->present = g_array_new (FALSE, FALSE, sizeof (Present));
  g_array_set_clear_func (assembly->present, clear_present);
  return assembly;
}

void
sag_render_assembly_free (SagRenderAssembly *assembly)
{
  sag_render_content_unref (assembly->content);
  g_array_unref (assembly->wanted);
  g_hash_table_unref (assembly->made);
  g_array_unref (assembly->present);
  g_free (assembly->volume_hash);
  g_free (assembly->lungs_hash);
  g_free (assembly);
}

/* What @score looks like on the slices, at full strength. */
static SagRenderColour
colour_of_score (const SagRenderScale *scale, double score)
{
  SagRenderScale full = *scale;
  guint32        pixel;

  full.opacity = 1;
  pixel = sag_render_scale_lookup (&full, score);
  return pixel >> 24 == 255 ? pixel & 0xffffff : scale->colour;
}

static SagRenderColour
heatmap_colour (const SagRenderScale *scale, gboolean negative)
{
  double first = sag_render_scale_first (scale), last = sag_render_scale_last (scale);

  switch (scale->map)
    {
    case SAG_RENDER_MAP_RAMP:
      return scale->colour;
    case SAG_RENDER_MAP_DIFFERENCE:
      return colour_of_score (scale, negative ? -last : last);
    default:
      return colour_of_score (scale, (first + last) / 2);
    }
}

static void
want_heatmap (SagRenderAssembly *assembly, guint number, gboolean negative)
{
  const SagRenderContentHeatmap *heatmap =
    &g_array_index (assembly->content->heatmaps, SagRenderContentHeatmap, number);
  const SagGeometry *grid = &heatmap->map.geometry;
  g_autofree char   *place = g_compute_checksum_for_data (
      G_CHECKSUM_MD5, (const guchar *) grid->ijk_to_ras, sizeof grid->ijk_to_ras);
  Wanted wanted = {
    .kind = WANT_HEATMAP,
    .number = number,
    .negative = negative,
    .colour = heatmap_colour (&heatmap->map.scale, negative),
    .opacity = heatmap->map.scale.opacity,
    .key = g_strdup_printf (
      "heatmap %p %d %d %d %s %a %d %d %d %s", (void *) heatmap->cells, grid->dims[0],
      grid->dims[1], grid->dims[2], place, heatmap->map.scale.threshold,
      heatmap->map.scale.map == SAG_RENDER_MAP_DIFFERENCE, negative, heatmap->map.raw_cells,
      assembly->volume_hash != NULL ? assembly->volume_hash : ""),
  };

  g_array_append_val (assembly->wanted, wanted);
}

static const GArray *
find_present (SagRenderAssembly          *assembly,
              const SagRenderContentMask *mask,
              GCancellable               *cancellable)
{
  Present present;

  for (guint p = 0; p < assembly->present->len; p++)
    if (g_array_index (assembly->present, Present, p).labels == mask->labels)
      return g_array_index (assembly->present, Present, p).boxes;
  present.boxes = sag_render_label_boxes (&mask->mask, cancellable);
  if (present.boxes == NULL)
    return NULL;
  present.labels = g_bytes_ref (mask->labels);
  g_array_append_val (assembly->present, present);
  return present.boxes;
}

static void
want_labels (SagRenderAssembly *assembly, guint number, GCancellable *cancellable)
{
  const SagRenderContentMask *mask =
    &g_array_index (assembly->content->masks, SagRenderContentMask, number);
  const GArray *boxes = find_present (assembly, mask, cancellable);

  for (guint b = 0; boxes != NULL && b < boxes->len; b++)
    {
      const SagRenderLabelBox *box = &g_array_index (boxes, SagRenderLabelBox, b);
      guint                    n = mask->colours != NULL ? mask->mask.n_colours : 0;
      Wanted                   wanted = {
                          .kind = WANT_LABEL,
                          .number = number,
                          .box = *box,
                          .colour = n > 0 ? mask->colours[(box->label - 1) % n]
                                          : sag_render_answer_colours[(box->label - 1) % SAG_RENDER_N_ANSWER_COLOURS],
                          .opacity = mask->opacity,
                          .key = g_strdup_printf ("label %p %u", (void *) mask->labels, box->label),
      };

      g_array_append_val (assembly->wanted, wanted);
    }
}

static void
want_voxels (SagRenderAssembly *assembly, guint number)
{
  const SagRenderContentMask *mask =
    &g_array_index (assembly->content->masks, SagRenderContentMask, number);
  Wanted wanted = {
    .kind = WANT_VOXELS,
    .number = number,
    .colour = mask->colours != NULL ? mask->colours[0] : sag_render_answer_colours[0],
    .opacity = mask->opacity,
    .key = g_strdup_printf ("voxels %p", (void *) mask->voxels),
  };

  g_array_append_val (assembly->wanted, wanted);
}

static void
want_part (SagRenderAssembly *assembly, Kind kind, SagRenderPart part, const char *hash)
{
  Wanted wanted = {
    .kind = kind,
    .colour = part_looks[part].colour,
    .opacity = MIN (part_looks[part].opacity * assembly->content->part[part], 1),
    .key = g_strdup_printf ("%d %s", kind, hash),
  };

  g_array_append_val (assembly->wanted, wanted);
}

/* Drops the labels and the surfaces that belong to no bytes of the content, and the oldest of volumes. */
static void
forget (SagRenderAssembly *assembly)
{
  GHashTableIter iter;
  gpointer       key, value;

  for (guint p = assembly->present->len; p-- > 0;)
    {
      gboolean used = FALSE;

      for (guint m = 0; m < assembly->content->masks->len; m++)
        used |= g_array_index (assembly->content->masks, SagRenderContentMask, m).labels ==
                g_array_index (assembly->present, Present, p).labels;
      if (!used)
        g_array_remove_index_fast (assembly->present, p);
    }
  g_hash_table_iter_init (&iter, assembly->made);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Made *made = value;

      if (made->of_scan ? made->last_used + N_REMEMBERED < assembly->n_scans
                        : made->last_used < assembly->n_contents)
        g_hash_table_iter_remove (&iter);
    }
}

static void
set_hash (char **hash, SagVolume *volume)
{
  g_free (*hash);
  *hash = volume != NULL ? g_strdup (sag_volume_get_hash (volume)) : NULL;
}

void
sag_render_assembly_set_content (SagRenderAssembly *assembly,
                                 SagRenderContent  *content,
                                 GCancellable      *cancellable)
{
  gboolean same_scan =
    content->volume == assembly->content->volume && content->lungs == assembly->content->lungs;

  sag_render_content_ref (content);
  sag_render_content_unref (assembly->content);
  assembly->content = content;
  assembly->n_contents++;
  if (!same_scan)
    {
      assembly->n_scans++;
      set_hash (&assembly->volume_hash, content->volume);
      set_hash (&assembly->lungs_hash, content->lungs);
    }
  g_array_set_size (assembly->wanted, 0);
  if (content->volume != NULL && content->part[SAG_RENDER_PART_BODY] > 0)
    want_part (assembly, WANT_BODY, SAG_RENDER_PART_BODY, assembly->volume_hash);
  for (guint h = 0; h < content->heatmaps->len; h++)
    {
      const SagRenderContentHeatmap *heatmap =
        &g_array_index (content->heatmaps, SagRenderContentHeatmap, h);

      want_heatmap (assembly, h, FALSE);
      if (heatmap->map.scale.map == SAG_RENDER_MAP_DIFFERENCE)
        want_heatmap (assembly, h, TRUE);
    }
  if (content->lungs != NULL && content->part[SAG_RENDER_PART_LUNGS] > 0)
    want_part (assembly, WANT_LUNGS, SAG_RENDER_PART_LUNGS, assembly->lungs_hash);
  for (guint m = 0; m < content->masks->len; m++)
    if (g_array_index (content->masks, SagRenderContentMask, m).voxels != NULL)
      want_voxels (assembly, m);
    else
      want_labels (assembly, m, cancellable);
}

static Made *
find_made (SagRenderAssembly *assembly, const Wanted *wanted)
{
  return g_hash_table_lookup (assembly->made, wanted->key);
}

static const Wanted *
find_missing (SagRenderAssembly *assembly)
{
  for (guint w = 0; w < assembly->wanted->len; w++)
    {
      const Wanted *wanted = &g_array_index (assembly->wanted, Wanted, w);

      if (find_made (assembly, wanted) == NULL)
        return wanted;
    }
  return NULL;
}

gboolean
sag_render_assembly_is_complete (SagRenderAssembly *assembly)
{
  return find_missing (assembly) == NULL;
}

static void
touch (const SagRenderAssembly *assembly, Made *made)
{
  made->last_used = made->of_scan ? assembly->n_scans : assembly->n_contents;
}

/* @made: takes what its key names by an address. */
static SagRenderMesh *
make (SagRenderAssembly *assembly,
      const Wanted      *wanted,
      Made              *made,
      GCancellable      *cancellable,
      GError           **error)
{
  SagRenderContent        *content = assembly->content;
  SagRenderContentHeatmap *heatmap;
  SagRenderContentMask    *mask;

  switch (wanted->kind)
    {
    case WANT_BODY:
      return sag_render_body_mesh (content->volume, cancellable, error);
    case WANT_LUNGS:
      return sag_render_lungs_mesh (content->lungs, cancellable, error);
    case WANT_HEATMAP:
      heatmap = &g_array_index (content->heatmaps, SagRenderContentHeatmap, wanted->number);
      made->source = g_bytes_ref (heatmap->cells);
      return sag_render_heatmap_mesh (
        &heatmap->map, content->volume != NULL ? sag_volume_get_geometry (content->volume) : NULL,
        wanted->negative, cancellable, error);
    case WANT_VOXELS:
      mask = &g_array_index (content->masks, SagRenderContentMask, wanted->number);
      made->voxels = sag_mask_ref (mask->voxels);
      return sag_render_voxels_mesh (mask->voxels, cancellable, error);
    default:
      mask = &g_array_index (content->masks, SagRenderContentMask, wanted->number);
      made->source = g_bytes_ref (mask->labels);
      return sag_render_label_mesh (&mask->mask, &wanted->box, cancellable, error);
    }
}

gboolean
sag_render_assembly_step (SagRenderAssembly *assembly, GCancellable *cancellable, GError **error)
{
  const Wanted *wanted = find_missing (assembly);
  GError       *problem = NULL;
  Made         *made;

  if (wanted == NULL)
    return TRUE;
  made = g_new0 (Made, 1);
  made->mesh = make (assembly, wanted, made, cancellable, &problem);
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      made_free (made);
      g_propagate_error (error, problem);
      return FALSE;
    }
  /* What cannot be made is not tried again and again. */
  if (made->mesh == NULL)
    made->mesh = sag_render_mesh_new_take (0, NULL, NULL, 0, NULL);
  made->rims = wanted->kind == WANT_BODY ? sag_render_mesh_rims (made->mesh) : NULL;
  made->of_scan = wanted->kind == WANT_BODY || wanted->kind == WANT_LUNGS;
  touch (assembly, made);
  g_hash_table_insert (assembly->made, g_strdup (wanted->key), made);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, problem);
  return FALSE;
}

static void
add_surface (GArray *surfaces, const Wanted *wanted, const Made *made)
{
  SagRenderSurface surface = {
    .mesh = made->mesh,
    .colour = wanted->colour,
    .opacity = wanted->opacity,
    .shine = 0.5,
  };

  if (made->mesh->n_triangles == 0 || wanted->opacity <= 0)
    return;
  if (wanted->kind == WANT_BODY || wanted->kind == WANT_LUNGS)
    {
      SagRenderPart part = wanted->kind == WANT_BODY ? SAG_RENDER_PART_BODY : SAG_RENDER_PART_LUNGS;

      surface.rim = part_looks[part].rim;
      surface.shine = part_looks[part].shine;
    }
  g_array_append_val (surfaces, surface);
}

static void
show_surfaces (SagRenderAssembly *assembly, SagRenderScene *scene)
{
  static const Kind from_inside[] = { WANT_LABEL, WANT_VOXELS, WANT_HEATMAP, WANT_LUNGS,
                                      WANT_BODY };
  g_autoptr (GArray) surfaces = g_array_new (FALSE, FALSE, sizeof (SagRenderSurface));

  for (guint k = 0; k < G_N_ELEMENTS (from_inside); k++)
    for (guint w = 0; w < assembly->wanted->len; w++)
      {
        const Wanted *wanted = &g_array_index (assembly->wanted, Wanted, w);
        Made         *made = find_made (assembly, wanted);

        if (wanted->kind != from_inside[k] || made == NULL)
          continue;
        touch (assembly, made);
        add_surface (surfaces, wanted, made);
      }
  sag_render_scene_set_surfaces (scene, (const SagRenderSurface *) surfaces->data, surfaces->len);
}

static void
add_lines (
  GArray *lines, const GArray *points, SagRenderColour colour, double opacity, double width_px)
{
  SagRenderLines entry = { (const float *) points->data, points->len / 3, colour, opacity,
                           width_px };

  g_array_append_val (lines, entry);
}

static void
add_rims (SagRenderAssembly *assembly, GArray *lines, double scale)
{
  for (guint w = 0; w < assembly->wanted->len; w++)
    {
      const Wanted *wanted = &g_array_index (assembly->wanted, Wanted, w);
      const Made   *made = find_made (assembly, wanted);

      if (made != NULL && made->rims != NULL)
        add_lines (lines, made->rims, wanted->colour,
                   CLAMP (RIM_OPACITY * assembly->content->part[SAG_RENDER_PART_BODY], 0, 1),
                   scale);
    }
}

static void
show_lines (SagRenderAssembly *assembly, SagRenderScene *scene, double scale)
{
  const SagRenderContent *content = assembly->content;
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (SagRenderLines));
  g_autoptr (GArray) box = NULL;
  g_autoptr (GArray) axes = NULL;
  g_autoptr (GArray) planes = NULL;

  add_rims (assembly, lines, scale);
  if (content->has_box)
    {
      box = sag_render_wire_box (&content->box, DASH_MM);
      add_lines (lines, box, BOX_COLOUR, 0.55, scale);
    }
  if (content->has_cross && content->volume != NULL)
    {
      SagGeometry grid = sag_geometry_to_canonical (sag_volume_get_geometry (content->volume));

      axes = sag_render_wire_axes (&grid, content->cross_ras_mm);
      planes = sag_render_wire_planes (&grid, content->cross_ras_mm);
      add_lines (lines, planes, CROSS_COLOUR, 0.30, scale);
      add_lines (lines, axes, CROSS_COLOUR, 0.85, scale);
    }
  sag_render_scene_set_lines (scene, (const SagRenderLines *) lines->data, lines->len);
}

void
sag_render_assembly_show (SagRenderAssembly *assembly, SagRenderScene *scene, double scale)
{
  show_surfaces (assembly, scene);
  show_lines (assembly, scene, scale);
  forget (assembly);
}
