import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// The libraries that loading imports because settings of Hugging Face's formats name them.
enum HuggingFaceLibraries {
    /// Names what peft imports for an adapter: the library of the base model
    /// (https://github.com/huggingface/peft/blob/v0.18.0/src/peft/auto.py) and, where Megatron's settings are there, its own
    /// (https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/tp_layer.py).
    static func read(adapter table: DocumentTable, in file: String, into content: inout ModelFileContent) {
        if let node = table["auto_mapping"]?.table?["parent_library"], !node.isNull {
            add(node, key: "parent_library", in: file, to: &content)
        }
        guard let settings = table["megatron_config"], !settings.isNull, settings.table?.members.isEmpty != true,
            let node = table["megatron_core"], !node.isNull
        else { return }
        add(node, key: "megatron_core", in: file, to: &content)
    }

    /// Names what diffusers imports for the parts of a pipeline: a folder of its own pipelines, or a library
    /// (`get_class_obj_and_candidates` of
    /// https://github.com/huggingface/diffusers/blob/v0.35.0/src/diffusers/pipelines/pipeline_loading_utils.py).
    static func read(part: DocumentTable.Member, in file: String, into content: inout ModelFileContent) {
        if let parts = part.value.array, parts.count == 3, let settings = parts[2].table {
            return read(modular: part, library: parts[0], settings, in: file, into: &content)
        }
        guard let pair = part.value.array, pair.count == 2, pair[1].string != nil, pair[0].string != nil else {
            return
        }
        read(library: pair[0], of: part.key, in: file, into: &content)
    }

    /// Names what diffusers imports for a part of a modular pipeline, `[library, class, settings]`, and where it takes the part
    /// from (`ComponentSpec` of
    /// https://github.com/huggingface/diffusers/blob/v0.36.0/src/diffusers/modular_pipelines/modular_pipeline_utils.py).
    private static func read(
        modular part: DocumentTable.Member, library: DocumentNode, _ settings: DocumentTable, in file: String,
        into content: inout ModelFileContent
    ) {
        var libraries = [library]
        if let hint = settings["type_hint"], !hint.isNull {
            if let pair = hint.array, pair.count == 2 {
                if pair[0].string != library.string { libraries.append(pair[0]) }
            } else {
                content.leaveOut(
                    part.key, "the library that loading imports is not named by a text", in: file,
                    at: .line(hint.place.line))
            }
        }
        for node in libraries where !node.isNull { read(library: node, of: part.key, in: file, into: &content) }
        for key in ["pretrained_model_name_or_path", "repo"] {
            guard let node = settings[key], !node.isNull else { continue }
            content.leaveOut(
                node.text ?? part.key, "loading takes the part \(part.key) from there, not from the model", in: file,
                at: .line(node.place.line))
            break
        }
    }

    private static func read(
        library node: DocumentNode, of key: String, in file: String, into content: inout ModelFileContent
    ) {
        if let library = node.string, pipelines.contains(library) {
            content.modules.insert("diffusers")
        } else {
            add(node, key: key, in: file, to: &content)
        }
    }

    private static func add(
        _ node: DocumentNode, key: String, in file: String, to content: inout ModelFileContent
    ) {
        let place = FactPlace.line(node.place.line)
        guard let library = node.string, !library.isEmpty else {
            return content.leaveOut(key, "the library that loading imports is not named by a text", in: file, at: place)
        }
        content.modules.insert(library)
        // Modules of Python's own are no needs, and no library of models is one of them.
        guard StandardLibrary.contains(String(library.prefix { $0 != "." })) else { return }
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: "loading imports \(library), which is no library of models (line \(node.place.line))",
                help: "do not load this model; ask where it comes from", ecosystem: .model, subject: library))
        content.leaveOut(library, "what loading does with it is not known", in: file, at: place)
    }

    /// The folders of `diffusers/pipelines` of diffusers 0.12 to 0.42.
    private static let pipelines: Set<String> = [
        "ace_step", "allegro", "alt_diffusion", "amused", "animatediff", "anyflow", "audio_diffusion", "audioldm",
        "audioldm2", "aura_flow", "blip_diffusion", "bria", "bria_fibo", "bria_fibo2", "chroma", "chronoedit",
        "cogvideo", "cogview3", "cogview4", "consisid", "consistency_models", "controlnet", "controlnet_hunyuandit",
        "controlnet_sd3", "cosmos", "dance_diffusion", "ddim", "ddpm", "deepfloyd_if", "deprecated",
        "diffusion_gemma", "dit", "dreamlite", "easyanimate", "ernie_image", "flux", "flux2", "glm_image", "helios",
        "hidream_image", "hunyuan_image", "hunyuan_video", "hunyuan_video1_5", "hunyuandit", "i2vgen_xl", "ideogram4",
        "joyimage", "kandinsky", "kandinsky2_2", "kandinsky3", "kandinsky5", "kandinsky6", "kolors", "krea2",
        "latent_consistency_models", "latent_diffusion", "latent_diffusion_uncond", "latte", "ledits_pp", "llada2",
        "longcat_audio_dit", "longcat_image", "ltx", "ltx2", "lucy", "lumina", "lumina2", "marigold", "mochi",
        "motif_video", "musicldm", "nucleusmoe_image", "omnigen", "ovis_image", "pag", "paint_by_example", "pia",
        "pixart_alpha", "pndm", "prx", "qwenimage", "qwenimage21", "repaint", "rfd4_proteina", "sana", "sana_video",
        "sana_wm", "score_sde_ve", "semantic_stable_diffusion", "shap_e", "skyreels_v2", "spectrogram_diffusion",
        "stable_audio", "stable_audio_3", "stable_cascade", "stable_diffusion", "stable_diffusion_3",
        "stable_diffusion_adapter", "stable_diffusion_attend_and_excite", "stable_diffusion_gligen",
        "stable_diffusion_k_diffusion", "stable_diffusion_ldm3d", "stable_diffusion_panorama",
        "stable_diffusion_safe", "stable_diffusion_sag", "stable_diffusion_xl", "stable_video_diffusion",
        "stochastic_karras_ve", "t2i_adapter", "text_to_video_synthesis", "unclip", "unidiffuser",
        "versatile_diffusion", "visualcloze", "vq_diffusion", "wan", "wuerstchen", "z_image",
    ]
}
